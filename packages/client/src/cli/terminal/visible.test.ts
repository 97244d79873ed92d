import { describe, expect, it } from '@jest/globals'
import { visible, visibleLines } from './visible.js'

const esc = String.fromCharCode(0x1b)

describe('untrusted text', () => {
  it.each([
    [`${esc}]0;title${String.fromCharCode(7)}`, '\\u001b]0;title\\u0007'],
    ['a\u009b2Jb', 'a\\u009b2Jb'],
    [`${esc}[31mred`, '\\u001b[31mred'],
    ['two\nlines\r\tand a tab', 'two\\u000alines\\u000d\\u0009and a tab'],
    ['日本 é "quoted"', '日本 é "quoted"'],
  ])('%j is shown in one line', (text, shown) => expect(visible(text)).toBe(shown))

  it('keeps only line breaks, tabs and our own colours', () => {
    expect(visibleLines(`${esc}[31mError${esc}[39m: a\n\tb${esc}[2J${esc}]0;x\u009b`)).toBe(
      `${esc}[31mError${esc}[39m: a\n\tb\\u001b[2J\\u001b]0;x\\u009b`,
    )
  })

  it('stays valid JSON', () => {
    const line = JSON.stringify({ text: `a${esc}[2J\u009b\u007f` })
    expect(JSON.parse(visibleLines(line))).toEqual(JSON.parse(line))
  })
})
