/** A cell: a row of people, a column of days. */
export interface Place {
  row: number
  column: number
}

interface Size {
  rows: number
  columns: number
  /** How many rows a page has. */
  page: number
}

interface Key {
  key: string
  ctrlKey: boolean
  metaKey: boolean
}

/** Where a key leads from a cell; null if it leads nowhere. */
export function placed({ row, column }: Place, pressed: Key, size: Size): Place | null {
  const all = pressed.ctrlKey || pressed.metaKey
  const [bottom, last] = [size.rows - 1, size.columns - 1]
  const moves: Record<string, [number, number]> = {
    ArrowUp: [all ? 0 : row - 1, column],
    ArrowDown: [all ? bottom : row + 1, column],
    ArrowLeft: [row, all ? 0 : column - 1],
    ArrowRight: [row, all ? last : column + 1],
    Home: [all ? 0 : row, 0],
    End: [all ? bottom : row, last],
    PageUp: [row - size.page, column],
    PageDown: [row + size.page, column],
  }
  const to = moves[pressed.key]
  if (!to) return null
  const within = (at: number, end: number) => Math.max(0, Math.min(end, at))
  return { row: within(to[0], bottom), column: within(to[1], last) }
}
