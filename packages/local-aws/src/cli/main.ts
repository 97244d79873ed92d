#!/usr/bin/env node
import { runLocal } from './program.js'

await runLocal(process.argv)
