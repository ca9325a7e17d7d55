import { parseSearchWith, stringifySearchWith } from '@tanstack/react-router'

/** Search parameters stay the text that stands in the address bar. */
export const parseSearch = parseSearchWith((text) => text)
export const stringifySearch = stringifySearchWith(String)

type Search<Name extends string> = { [Key in Name]?: string }

/** Keeps the named parameters that hold text and drops all others. */
export const textsOf =
  <Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): Search<Name> => {
    const kept: Search<Name> = {}
    for (const name of names) {
      // The router reads digits as a number before anybody can ask it not to.
      const text = typeof search[name] === 'number' ? String(search[name]) : search[name]
      if (typeof text === 'string' && text !== '') kept[name] = text
    }
    return kept
  }

/** The names in a text such as "P-001,P-002", each once. */
export const listOf = (text: string | undefined): string[] => [
  ...new Set((text ?? '').split(',').filter(Boolean)),
]

/** A list for the address bar; nothing if it is empty. */
export const listText = (names: readonly string[]): string | undefined =>
  names.length > 0 ? names.join(',') : undefined

/** The search with some parameters changed; a parameter without text goes. */
export function changed<Known extends object>(
  search: Known,
  changes: { [Key in keyof Known]?: Known[Key] | undefined },
): Known {
  const merged = Object.entries({ ...search, ...changes })
  return Object.fromEntries(merged.filter(([, text]) => text !== undefined)) as Known
}
