/**
 * Checks a release before the build. @returns one sentence for each fault
 *
 * @param packages the published packages, each with its `manifest`
 * @param changelog the text of CHANGELOG.md
 * @param waiting names of the files in .changeset/ that no version contains yet
 * @param tag the tag that is released; without one, changes are allowed to wait
 * @param repository OWNER/NAME where the workflow runs
 */
export function obstacles({ packages, changelog, waiting, tag, repository }) {
  const versions = [...new Set(packages.map(({ manifest }) => manifest.version))]
  const [version] = versions
  const found = []
  if (versions.length !== 1) {
    found.push(`The packages have several versions: ${versions.join(', ')}. Run npm run release:version.`)
  }
  if (tag !== undefined && tag !== `v${version}`) found.push(`The tag is ${tag}, the packages have version ${version}.`)
  if (!changelog.includes(`\n## ${version}\n`)) found.push(`CHANGELOG.md has no section "## ${version}".`)
  if (tag !== undefined && waiting.length > 0) {
    found.push(`No version contains these changes: ${waiting.join(', ')}. Run npm run release:version.`)
  }
  for (const { manifest } of packages) {
    if (repository === undefined || manifest.repository.url.includes(`github.com/${repository}.git`)) continue
    found.push(
      `${manifest.name} has the repository ${manifest.repository.url}, but this is ${repository}: npm would refuse its provenance.`,
    )
  }
  return found
}
