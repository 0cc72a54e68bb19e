import { CommanderError } from 'commander'
import { createProgram } from './program.js'
import { exitCodes, report } from './output.js'

// `… | head -1` closes the pipe when it has what it wanted: that is an end, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCodes.good)
})

try {
  await (await createProgram(process.argv.slice(2))).parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.good : exitCodes.wrongUsage
  else process.exitCode = report(error)
}
