/**
 * - `unknown_setting`: no setting has this name
 * - `invalid_setting`: the setting has an invalid value
 */
export type SettingErrorCode = 'unknown_setting' | 'invalid_setting'

/** A setting given with `-c NAME=VALUE` (or under `context` in `cdk.json`) that cannot be used. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
  readonly code: SettingErrorCode
  readonly setting: string
  readonly value: unknown
  readonly remedy: string

  constructor(code: SettingErrorCode, setting: string, value: unknown, remedy: string) {
    const what = code === 'unknown_setting' ? `Unknown setting '${setting}'` : `The setting '${setting}' cannot be`
    super(code === 'unknown_setting' ? what : `${what} ${shown(value)}`)
    this.code = code
    this.setting = setting
    this.value = value
    this.remedy = remedy
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'left out' : typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}
