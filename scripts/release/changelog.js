/** In which order they are read. */
const kinds = [
  ['major', 'What you have to do'],
  ['minor', 'New'],
  ['patch', 'Mended'],
]

/**
 * A changelog with a section for a version before all others.
 *
 * @param changelog the text so far
 * @param changes each with `summary` and the `releases` of packages, as changesets has them
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
