import { describe, expect, it } from '@jest/globals'
import { CustomAnswers } from './custom-answers.js'

describe('CustomAnswers', () => {
  const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1)

  it('takes each answer once', async () => {
    const answers = new CustomAnswers(() => 'https://localhost:1')
    const { url, answer } = answers.expect()
    expect(url).toMatch(/^https:\/\/localhost:1\/_local\/custom-resource\/[0-9a-f-]{36}$/u)
    const body = Buffer.from('{"Status":"SUCCESS","PhysicalResourceId":"x"}')
    expect([answers.take(tokenOf(url), body), answers.take(tokenOf(url), body)]).toEqual([200, 403])
    expect(await answer).toEqual({ Status: 'SUCCESS', PhysicalResourceId: 'x' })
  })

  it.each([
    ['{', 'Invalid response object.'],
    ['{"Status":"DONE"}', 'Invalid response object.'],
    [JSON.stringify({ Status: 'SUCCESS', Data: { text: 'x'.repeat(4_096) } }), 'Response object is too long.'],
  ])('takes %.20s… for a failure', async (text, Reason) => {
    const answers = new CustomAnswers(() => '')
    const { url, answer } = answers.expect()
    answers.take(tokenOf(url), Buffer.from(text))
    expect(await answer).toEqual({ Status: 'FAILED', Reason })
  })

  it('refuses a response that is no longer awaited', () => {
    const answers = new CustomAnswers(() => '')
    const { url, forget } = answers.expect()
    forget()
    expect(answers.take(tokenOf(url), Buffer.from('{}'))).toBe(403)
  })
})
