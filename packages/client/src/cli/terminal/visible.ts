/** Makes control characters of one line visible: a terminal would execute those in messages, topics and responses. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, shown)
}

/** The same for text that may have several lines and colours; only these control sequences pass. */
export function visibleLines(text: string): string {
  return text.replace(/[^\P{Cc}\n\t](?:\[\d{1,2}m)?/gu, (found) => (colour.test(found) ? found : escaped(found)))
}

const colour = new RegExp(`^${String.fromCharCode(0x1b)}\\[\\d{1,2}m$`, 'u')

function escaped(text: string): string {
  return shown(text) + text.slice(1)
}

/** In the form of JSON escapes, so that a line of JSON stays valid. */
function shown(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
}
