import { useComputedColorScheme } from '@mantine/core'
import { useMemo } from 'react'
import type uPlot from 'uplot'
import { inked } from './colours'
import { type Frame, framed, sideAxis } from './frame'
import { Plot } from './plot'

/** A stretch of time in one lane; `ink` names a CSS colour variable, `share` how much of it. */
export interface Span {
  lane: number
  start: number
  end: number
  ink: string
  share?: number
  /** Only the lower half of the lane. */
  half?: boolean
}

interface Props extends Frame {
  lanes: readonly string[]
  spans: readonly Span[]
  label: string
  laneHeight?: number
}

const AXIS_PX = 40
const FILLED = 0.82
const LEAST_PX = 0.5

function draw(u: uPlot, spans: readonly Span[], count: number) {
  const { ctx, bbox } = u
  const inks = new Map<string, string>()
  const inkOf = (name: string) => {
    const known = inks.get(name) ?? inked(name)
    inks.set(name, known)
    return known
  }
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  const lane = bbox.height / count
  for (const { lane: at, start, end, ink, share = 1, half } of spans) {
    const left = u.valToPos(start / 1000, 'x', true)
    const right = u.valToPos(end / 1000, 'x', true)
    const top = bbox.top + lane * (at + (1 - FILLED) / 2)
    const [height, wide] = [lane * FILLED, Math.max(right - left, LEAST_PX)]
    const from = half ? height / 2 : 0
    if (half) ctx.clearRect(left, top + from, wide, height - from)
    ctx.globalAlpha = share
    ctx.fillStyle = inkOf(ink)
    ctx.fillRect(left, top + from, wide, height - from)
  }
  ctx.restore()
}

/** Coloured stretches of time in named lanes: sleep stages, or one row per participant. */
export function LaneChart({ lanes, spans, label, laneHeight = 26, ...frame }: Props) {
  const scheme = useComputedColorScheme('light')
  const { window, zone, onZoom, onCursor } = frame

  const columns = useMemo<uPlot.AlignedData>(
    () => [
      [window.start / 1000, window.end / 1000],
      [null, null],
    ],
    [window],
  )
  // The colours come from the style sheet, so a change of scheme draws anew.
  const options = useMemo(() => {
    const side = sideAxis(() => [...lanes])
    const shared = framed(
      { window, zone, onZoom, onCursor },
      {
        ...side,
        grid: { show: false },
        splits: () => lanes.map((_, i) => lanes.length - i - 0.5),
      },
      lanes.length,
    )
    return {
      ...shared,
      scales: { ...shared.scales, y: { range: (): [number, number] => [0, lanes.length] } },
      series: [{}, { points: { show: false } }],
      hooks: { ...shared.hooks, draw: [(u: uPlot) => draw(u, spans, lanes.length)] },
    }
  }, [lanes, spans, window, zone, onZoom, onCursor, scheme])

  const height = lanes.length * laneHeight + AXIS_PX
  return <Plot options={options} columns={columns} height={height} label={label} />
}
