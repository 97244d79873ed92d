/** One line as text: a terminal obeys control characters, also behind a pipe, and others choose what is in messages, topics and answers. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, shown)
}

/** The same for lines that may have several, and colours: they are the only sequences that pass. */
export function visibleLines(text: string): string {
  return text.replace(/[^\P{Cc}\n\t](?:\[\d{1,2}m)?/gu, (found) => (colour.test(found) ? found : escaped(found)))
}

const colour = new RegExp(`^${String.fromCharCode(0x1b)}\\[\\d{1,2}m$`, 'u')

function escaped(text: string): string {
  return shown(text) + text.slice(1)
}

/** As JSON writes it, so that a line of JSON stays one. */
function shown(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
}
