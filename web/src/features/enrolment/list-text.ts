/** The rows of a pasted list or a CSV file as the server counts them: blank lines are none, and a
 * first line that holds `code` is a heading. */
export function rowsOf(text: string): { heading: string | null; rows: string[] } {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
  const [first] = lines
  if (first === undefined) return { heading: null, rows: [] }
  const between = [',', ';', '\t'].reduce((best, mark) =>
    first.split(mark).length > first.split(best).length ? mark : best,
  )
  const names = first.split(between).map((name) => name.trim().replaceAll('"', '').toLowerCase())
  return names.includes('code')
    ? { heading: first, rows: lines.slice(1) }
    : { heading: null, rows: lines }
}

/** The list without some rows, named by their places from 1 on. */
export function without(text: string, places: ReadonlySet<number>): string {
  const { heading, rows } = rowsOf(text)
  const left = rows.filter((_, index) => !places.has(index + 1))
  return [...(heading === null ? [] : [heading]), ...left].join('\n')
}
