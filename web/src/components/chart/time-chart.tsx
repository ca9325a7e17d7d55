import { useComputedColorScheme } from '@mantine/core'
import { useMemo } from 'react'
import uPlot from 'uplot'
import { dashOf, inked, strokeName, tinted } from './colours'
import { type Frame, framed, sideAxis } from './frame'
import { imputedBars, imputedEdges, imputedLine } from './imputed-track'
import { Plot } from './plot'
import { aligned, type Track } from './tracks'

interface Props extends Frame {
  tracks: Track[]
  shape: 'line' | 'bars'
  label: string
  height?: number
}

const FEW = 60

const valueAxis = () => sideAxis((_, splits) => splits.map((value) => value.toLocaleString('en')))

/** Points that stand alone between two gaps: a line cannot show them. */
export function alone(column: ArrayLike<number | null | undefined>): number[] {
  const present: number[] = []
  for (let i = 0; i < column.length; i++) if (column[i] !== undefined) present.push(i)
  return present.filter(
    (at, i) =>
      column[at] != null &&
      (i === 0 || column[present[i - 1] ?? 0] == null) &&
      (i === present.length - 1 || column[present[i + 1] ?? 0] == null),
  )
}

function line(track: Track): uPlot.Series {
  if (track.imputed) return imputedLine(track, track.imputed)
  const { slot, values } = track
  const stroke = inked(strokeName(slot))
  const few = values.length <= FEW
  return {
    stroke,
    width: 1.6,
    dash: dashOf(slot),
    points: {
      size: 5,
      fill: stroke,
      show: few,
      filter: (u, series) => (few ? null : alone(u.data[series] ?? [])),
    },
  }
}

/** Bars as wide as the time that each one sums, several tracks side by side. */
function bars(track: Track, of: number, position: number): uPlot.Series {
  if (track.imputed) return imputedBars(track, track.imputed, of, position)
  const fill = inked(strokeName(track.slot))
  return {
    fill,
    width: 0,
    points: { show: false },
    paths: (u) => {
      const drawn = new Path2D()
      const ground = u.valToPos(0, 'y', true)
      track.values.forEach((value, i) => {
        if (!value) return
        const left = u.valToPos((track.starts[i] ?? 0) / 1000, 'x', true)
        const right = u.valToPos((track.ends[i] ?? 0) / 1000, 'x', true)
        const width = (right - left) / of
        const gap = width > 4 ? 1 : 0
        const top = u.valToPos(value, 'y', true)
        drawn.rect(left + position * width, top, Math.max(width - gap, 1), ground - top)
      })
      return { stroke: null, fill: drawn }
    },
  }
}

/** Bands of three and more would only cover each other. */
const banded = (tracks: Track[], shape: Props['shape']) =>
  shape === 'line' && slotsOf(tracks).length <= 2

const slotsOf = (tracks: Track[]): number[] => [...new Set(tracks.map(({ slot }) => slot))]

function lineOptions(tracks: Track[], frame: Frame): Omit<uPlot.Options, 'width' | 'height'> {
  const series: uPlot.Series[] = [{}]
  const bands: uPlot.Band[] = []
  for (const track of tracks) {
    series.push(line(track))
    if (!banded(tracks, 'line') || !track.lows || !track.highs) continue
    // The edges of a band stay shown, without a stroke: a hidden edge draws no band.
    const edge = track.imputed ? imputedEdges(track) : { width: 0, points: { show: false } }
    series.push({ ...edge }, { ...edge })
    const high = series.length - 1
    const share = track.imputed ? 0.1 : 0.18
    bands.push({ series: [high, high - 1], fill: tinted(strokeName(track.slot), share) })
  }
  return { ...framed(frame, valueAxis()), series, bands }
}

function barOptions(tracks: Track[], frame: Frame): Omit<uPlot.Options, 'width' | 'height'> {
  const options = framed(frame, valueAxis())
  const slots = slotsOf(tracks)
  const tallest = tracks.reduce(
    (most, { highs }) => (highs ?? []).reduce<number>((a, b) => Math.max(a, b ?? 0), most),
    0,
  )
  return {
    ...options,
    cursor: { ...options.cursor, points: { show: false } },
    scales: {
      ...options.scales,
      y: { range: (_, __, highest) => [0, (Math.max(highest, tallest) || 1) * 1.06] },
    },
    series: [{}, ...tracks.map((track) => bars(track, slots.length, slots.indexOf(track.slot)))],
  }
}

/** Several tracks over time: means with a band from lowest to highest, or sums as bars. */
export function TimeChart({ tracks, shape, label, height = 200, ...frame }: Props) {
  const scheme = useComputedColorScheme('light')
  const { window, zone, onZoom, onCursor } = frame

  const columns = useMemo(
    () =>
      aligned(
        banded(tracks, shape)
          ? tracks
          : tracks.map((each) => ({ ...each, lows: null, highs: null })),
        uPlot.join,
      ),
    [tracks, shape],
  )
  // The colours come from the style sheet, so a change of scheme draws anew.
  const options = useMemo(
    () => (shape === 'bars' ? barOptions : lineOptions)(tracks, { window, zone, onZoom, onCursor }),
    [tracks, shape, window, zone, onZoom, onCursor, scheme],
  )
  return <Plot options={options} columns={columns} height={height} label={label} />
}
