import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import imported from './mantine.ts?raw'

const STYLES = 'node_modules/@mantine/core/styles'
const IMPORT = /import \{([^}]*)\} from '@mantine\/core'/g

const texts = import.meta.glob<string>('/src/**/*.tsx', {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('whatever is used of Mantine has its style sheet', () => {
  const used = Object.values(texts).flatMap((text) =>
    [...text.matchAll(IMPORT)].flatMap(([, names = '']) => names.split(',').map((n) => n.trim())),
  )

  const bare = used.filter(
    (name) => existsSync(`${STYLES}/${name}.css`) && !imported.includes(`/${name}.css'`),
  )

  expect(used).toContain('Button')
  expect([...new Set(bare)]).toEqual([])
})
