import { policies } from './policies.js'
import type { Question } from './question.js'
import { refusals } from './refusals.js'
import { sessions } from './sessions.js'
import { sts } from './sts.js'
import { EndingCredentials, roleChange } from './time.js'

/** All questions in their order, and `ending`, whose connection must be opened before the first question. */
export function allQuestions(): { readonly ending: EndingCredentials; readonly questions: readonly Question[] } {
  const ending = new EndingCredentials()
  return { ending, questions: [...sts, ...policies, ...refusals, ...sessions, roleChange, ...ending.questions()] }
}
