import { notAsked } from './questions/not-asked.js'
import type { Answer } from './questions/question.js'

/** Answers that are not what the stand-in does by default. */
export function surprises(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ answer, question }) => answer !== undefined && answer !== question.expected)
}

/** One question, for a person: what was found, and whether the stand-in does the same. */
export function answerLine({ question, answer, failure }: Answer): string {
  if (answer === undefined) return `? ${question.name}: could not be asked: ${failure}`
  if (answer === question.expected) return `✓ ${question.name}: ${answer}`
  return `✗ ${question.name}: ${answer}, where the stand-in has: ${question.expected}`
}

/** Everything, as text without anything that tells of the account. */
export function transcript(answers: readonly Answer[], region: string): string {
  return [
    `Probe of AWS IoT Core, STS and IAM in ${region}`,
    '',
    ...answers.flatMap((answer) => [
      answerLine(answer),
      `    ${answer.question.about}`,
      ...answer.notes.map((note) => `    - ${note}`),
    ]),
    '',
    'Not asked:',
    ...notAsked.map(({ what, why }) => `- ${what}: ${why}`),
    '',
  ].join('\n')
}

/** How it ended. */
export function summary(answers: readonly Answer[]): readonly string[] {
  const wrong = surprises(answers)
  const failed = answers.filter(({ answer }) => answer === undefined)
  return [
    wrong.length === 0
      ? `All ${answers.length - failed.length} answers are what the stand-in does by default.`
      : `${wrong.length} of ${answers.length - failed.length} defaults of the stand-in are not what was found:`,
    ...wrong.map(({ question, answer }) => `  ${question.name}: ${answer} (default: ${question.expected})`),
    ...(failed.length === 0
      ? []
      : [`${failed.length} could not be asked: ${failed.map(({ question }) => question.name).join(', ')}`]),
  ]
}
