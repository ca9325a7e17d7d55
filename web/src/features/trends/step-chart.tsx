import { useComputedColorScheme } from '@mantine/core'
import { useMemo } from 'react'
import uPlot from 'uplot'
import { dashOf, inked, strokeName, tinted } from '@/components/chart/colours'
import { Plot } from '@/components/chart/plot'
import { civilText } from '@/components/time/zone'

export interface Curve {
  name: string
  slot: number
  values: (number | null)[]
}

interface Props {
  label: string
  x: number[]
  curves: Curve[]
  /** The interval around the first curve, in its colour. */
  band?: { low: (number | null)[]; high: (number | null)[] }
  /** Dates are seconds; weeks are whole numbers. */
  dates?: boolean
  /** Whether a value holds until the next. */
  stepped: boolean
  /** The top of the scale; without one as high as the curves are. */
  top?: number
  /** A level to be reached. */
  target?: number | null
  values: (value: number) => string
  /** A second line under a tick, such as the number at risk. */
  under?: (x: number) => string
  height?: number
  onCursor: (place: number | null) => void
}

const DAY_S = 86_400
const BAND_SHARE = 0.16
const FONT = '12px system-ui, sans-serif'

function axes({ dates, values, under }: Props): uPlot.Axis[] {
  const axis = { stroke: inked('--chart-text'), font: FONT, ticks: { show: false } }
  const grid = { stroke: inked('--chart-grid'), width: 1 }
  const weeks: uPlot.Axis = {
    ...axis,
    grid,
    size: under ? 46 : 32,
    gap: 8,
    space: 56,
    incrs: [1, 2, 4, 8, 13, 26, 52],
    values: (_, splits) => splits.map((at) => (under ? `${at}\n${under(at)}` : String(at))),
  }
  const days: uPlot.Axis = {
    ...axis,
    grid,
    size: 34,
    gap: 8,
    space: 90,
    incrs: [1, 7, 14, 28, 91, 364].map((many) => many * DAY_S),
    values: (_, splits) => splits.map((at) => civilText(at * 1000, 'day')),
  }
  return [
    dates ? days : weeks,
    { ...axis, grid, size: 56, gap: 6, space: 36, values: (_, splits) => splits.map(values) },
  ]
}

function options(props: Props): Omit<uPlot.Options, 'width' | 'height'> {
  const { curves, band, dates, stepped, top, target, onCursor } = props
  const paths = stepped ? uPlot.paths.stepped?.({ align: 1 }) : uPlot.paths.linear?.()
  const edge: uPlot.Series = { width: 0, points: { show: false }, ...(paths && { paths }) }
  return {
    legend: { show: false },
    padding: [10, 20, 0, 0],
    axes: axes(props),
    scales: {
      x: { time: dates ?? false },
      y: {
        range: (_, __, high) => [0, top ?? Math.max(1, (high || 1) * 1.08, (target ?? 0) * 1.08)],
      },
    },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    series: [
      {},
      ...curves.map(({ slot }) => ({
        stroke: inked(strokeName(slot)),
        width: 2,
        dash: dashOf(slot),
        points: { show: !stepped, size: 5, fill: inked(strokeName(slot)) },
        ...(paths && { paths }),
      })),
      ...(band ? [edge, edge] : []),
      ...(target
        ? [{ stroke: inked('--quiet'), width: 1.5, dash: [3, 4], points: { show: false } }]
        : []),
    ],
    bands: band
      ? [
          {
            series: [curves.length + 2, curves.length + 1],
            fill: tinted(strokeName(curves[0]?.slot ?? 0), BAND_SHARE),
          },
        ]
      : [],
    hooks: { setCursor: [(u) => onCursor(u.cursor.idx ?? null)] },
  }
}

/** One or several curves over weeks or dates. */
export function StepChart(props: Props) {
  const scheme = useComputedColorScheme('light')
  const { x, curves, band, target, label, height = 220 } = props
  const columns = useMemo(
    () =>
      [
        x,
        ...curves.map(({ values }) => values),
        ...(band ? [band.low, band.high] : []),
        ...(target ? [x.map(() => target)] : []),
      ] as uPlot.AlignedData,
    [x, curves, band, target],
  )
  // The colours come from the style sheet, so a change of scheme draws anew.
  const drawn = useMemo(() => options(props), [x, curves, band, target, scheme])
  return <Plot options={drawn} columns={columns} height={height} label={label} />
}
