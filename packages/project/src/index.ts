export { type Announcement, type AnnouncementPlace, announce, findRunning } from './announcement.js'
export { type CommandName, commandLine, examples, programName } from './command-line.js'
export { outputsFile, readOutputs, type StackOutputs, StackOutputsError, stackWith } from './outputs.js'
export { projectRoot, userDirectory, userPath } from './root.js'
