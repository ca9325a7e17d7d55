import type uPlot from 'uplot'

/** One line, or one row of bars. Times are in milliseconds; a null value breaks the line. */
export interface Track {
  name: string
  slot: number
  starts: number[]
  ends: number[]
  values: (number | null)[]
  lows: (number | null)[] | null
  highs: (number | null)[] | null
  /** Set where the values are not measured: they are drawn apart from those that are. */
  imputed?: Imputed
}

export interface Imputed {
  /** Which points were imputed; the others lead a line to what was measured. */
  own: boolean[]
  /** What was measured of an amount, on which a bar stands. */
  bases: (number | null)[]
}

const middles = ({ starts, ends }: Track): number[] =>
  starts.map((start, i) => (start + (ends[i] ?? start)) / 2000)

/** The point of a track whose stretch of time holds, or lies nearest to, an instant. */
export function pointAt(track: Track, at: number, reach: number): number | null {
  const { starts, ends, values } = track
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= at) low = middle
    else high = middle - 1
  }
  let nearest: number | null = null
  let least = reach
  for (const i of [low, low - 1, low + 1]) {
    const [start, end, value] = [starts[i], ends[i], values[i]]
    if (start === undefined || end === undefined || value == null) continue
    if (at >= start && at < end) return i
    const away = at < start ? start - at : at - end
    if (away > least) continue
    nearest = i
    least = away
  }
  return nearest
}

// A gap of one track stays a gap where the others have points.
const NULLS_EXPAND = 2

/** The columns of several tracks on one time line, as the chart wants them. */
export function aligned(tracks: Track[], join: typeof uPlot.join): uPlot.AlignedData {
  const tables = tracks.map((track): uPlot.AlignedData => {
    const columns: uPlot.AlignedData = [middles(track), track.values]
    if (track.lows && track.highs) columns.push(track.lows, track.highs)
    return columns
  })
  if (tables.length === 0) return [[]]
  const [only] = tables
  if (tables.length === 1 && only) return only
  return join(
    tables,
    tables.map((table) => table.map(() => NULLS_EXPAND)),
  )
}
