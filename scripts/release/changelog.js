/** The headings of the changes, in their order. */
const kinds = [
  ['major', 'Breaking changes'],
  ['minor', 'New'],
  ['patch', 'Fixed'],
]

/**
 * Adds a section for a version at the beginning of a changelog.
 *
 * @param changelog the current text
 * @param changes each with `summary` and `releases`, in the format of changesets
 */
export function changelogSection(changelog, version, changes) {
  const sized = changes.map(({ summary, releases }) => ({
    summary: summary.trim(),
    type: kinds.map(([type]) => type).find((type) => releases.some((release) => release.type === type)) ?? 'patch',
    names: releases.map(({ name }) => name.replace('@topic-credentials/', '')).sort(),
  }))
  const parts = kinds.flatMap(([type, title]) => {
    const those = sized.filter((change) => change.type === type)
    if (those.length === 0) return []
    return [
      `### ${title}\n\n${those.map(({ names, summary }) => `- **${names.join(', ')}**: ${indented(summary)}`).join('\n')}\n`,
    ]
  })
  const at = changelog.search(/^## /mu)
  const [before, after] = at < 0 ? [`${changelog.trimEnd()}\n\n`, ''] : [changelog.slice(0, at), changelog.slice(at)]
  return `${before}## ${version}\n\n${parts.join('\n')}\n${after}`
}

function indented(text) {
  return text.replaceAll('\n', '\n  ')
}
