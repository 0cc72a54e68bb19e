import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { repositoryRoot } from '@streamkeeper/testkit'
import { everyName } from '@streamkeeper/text'

// The page knows no filter and the filter no page: here both are.
it.each(['en', 'zh'])(
  'the page has words in %s for every disguise that a hit may name, and for no other',
  (language) => {
    const file = join(repositoryRoot(), `services/console/web/i18n/${language}.json`)
    const { via } = JSON.parse(readFileSync(file, 'utf8')) as { via: Record<string, string> }
    expect(Object.keys(via).sort()).toEqual([...everyName].sort())
  },
)
