import { resolve } from 'node:path'
import { parseArguments } from './parse-arguments.js'

describe('the command line', () => {
  it('means every engine and the repository when it names none', () => {
    expect(parseArguments(['start'], '/repo')).toEqual({
      verb: 'start',
      engines: ['kafka', 's3', 'postgres', 'redis'],
      data: resolve('/repo/.streamkeeper'),
      json: false,
      kill: false,
      supervised: false,
    })
  })

  it('takes engines, a folder and both switches', () => {
    const args = parseArguments(['stop', 'redis', 'kafka', '--kill', '--json', '--data', 'there'], '/repo')
    expect(args).toMatchObject({ verb: 'stop', engines: ['kafka', 'redis'], json: true, kill: true })
    expect(args.data).toBe(resolve('there'))
  })

  it.each([
    [[]],
    [['restart']],
    [['start', 'mysql']],
    [['start', '--kill']],
    [['start', '--wipe']],
    [['start', '--data']],
    [['start', '--supervised']],
    [['forget', 'redis']],
  ])('refuses %j with the usage', (line) => {
    expect(() => parseArguments(line, '/repo')).toThrow(/usage: engines/)
  })
})
