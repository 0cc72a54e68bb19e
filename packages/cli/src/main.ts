import { CommanderError } from 'commander'
import { createProgram } from './program.js'
import { exitCodes, report } from './output.js'

try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.good : exitCodes.wrongUsage
  else process.exitCode = report(error)
}
