export { StackChecks } from './stack-checks.js'
export { type Statement, statements } from './statements.js'
export { list, type Template, type TemplateResource, text } from './template.js'
