import type { Filters } from './views'

interface Shown extends Filters {
  study: string
  view: string
  columns: readonly string[]
  sort: string | undefined
  cohort: string | undefined
}

/** The address of the roster as a CSV file: these columns, and the rows that are shown. */
export function fileAddress({ study, columns, ...shown }: Shown): string {
  const query = new URLSearchParams(columns.map((id) => ['column', id]))
  for (const [name, text] of Object.entries(shown)) if (text) query.set(name, text)
  return `/api/v1/studies/${encodeURIComponent(study)}/roster?${query}`
}
