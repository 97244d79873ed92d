import { notAsked } from './questions/not-asked.js'
import type { Answer } from './questions/question.js'

/** Answers that differ from the defaults of the stand-in. */
export function surprises(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ answer, question }) => answer !== undefined && answer !== question.expected)
}

/** The answer to one question in one line, and whether it is the default of the stand-in. */
export function answerLine({ question, answer, failure }: Answer): string {
  if (answer === undefined) return `? ${question.name}: could not be asked: ${failure}`
  if (answer === question.expected) return `✓ ${question.name}: ${answer}`
  return `✗ ${question.name}: ${answer} (default of the stand-in: ${question.expected})`
}

/** All answers with their observations, without anything that identifies the account. */
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

/** The result of the run, as lines. */
export function summary(answers: readonly Answer[]): readonly string[] {
  const wrong = surprises(answers)
  const failed = answers.filter(({ answer }) => answer === undefined)
  return [
    wrong.length === 0
      ? `All ${answers.length - failed.length} answers match the defaults of the stand-in.`
      : `${wrong.length} of ${answers.length - failed.length} answers differ from the defaults of the stand-in:`,
    ...wrong.map(({ question, answer }) => `  ${question.name}: ${answer} (default: ${question.expected})`),
    ...(failed.length === 0
      ? []
      : [`${failed.length} could not be asked: ${failed.map(({ question }) => question.name).join(', ')}`]),
  ]
}
