import type uPlot from 'uplot'
import { ticksOf } from '@/components/time/ticks'
import { between, type TimeWindow } from '@/components/time/window'
import { inked } from './colours'

/** What every chart shares: the time axis, the linked cursor, and drag to zoom. */
export interface Frame {
  window: TimeWindow
  zone: string
  onZoom: (window: TimeWindow) => void
  /** The instant under the pointer, and in charts with lanes the lane. */
  onCursor: (at: number | null, lane: number | null) => void
}

const FONT = '12px system-ui, sans-serif'
const LEAST_DRAG_PX = 8
const TICK_PX = 66
const LINKED = 'time'

export const SIDE_PX = 52

function timeAxis({ window, zone }: Frame): uPlot.Axis {
  const ticks = (u: uPlot) => ticksOf(window, zone, Math.max(2, Math.floor(u.width / TICK_PX)))
  return {
    stroke: inked('--chart-text'),
    font: FONT,
    grid: { stroke: inked('--chart-grid'), width: 1 },
    ticks: { show: false },
    size: 34,
    gap: 10,
    splits: (u) => ticks(u).map((tick) => tick.at / 1000),
    values: (u) => ticks(u).map((tick) => tick.label),
  }
}

export function sideAxis(values: uPlot.Axis.DynamicValues): uPlot.Axis {
  return {
    stroke: inked('--chart-text'),
    font: FONT,
    grid: { stroke: inked('--chart-grid'), width: 1 },
    ticks: { show: false },
    size: SIDE_PX,
    gap: 6,
    space: 36,
    values,
  }
}

function dragged(u: uPlot, onZoom: Frame['onZoom']) {
  const { left, width } = u.select
  if (width < LEAST_DRAG_PX) return
  const at = (px: number) => u.posToVal(px, 'x') * 1000
  const chosen = between(at(left), at(left + width))
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  onZoom(chosen)
}

/** The options of a chart in the stack; the caller adds series, scales and its own axis. */
export function framed(
  frame: Frame,
  side: uPlot.Axis,
  lanes = 0,
): Omit<uPlot.Options, 'width' | 'height'> {
  const { window, onZoom, onCursor } = frame
  return {
    legend: { show: false },
    padding: [8, 20, 0, 0],
    axes: [timeAxis(frame), side],
    scales: { x: { time: true, range: () => [window.start / 1000, window.end / 1000] } },
    series: [{}],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      sync: {
        key: LINKED,
        setSeries: false,
        // Only the pointer is shared; a drag belongs to the chart it began in.
        filters: {
          pub: (type) => type === 'mousemove' || type === 'mouseleave',
          sub: () => true,
        },
      },
    },
    hooks: {
      setSelect: [(u) => dragged(u, onZoom)],
      setCursor: [
        (u) => {
          const left = u.cursor.left ?? -1
          const lane = Math.floor(((u.cursor.top ?? 0) / u.over.clientHeight) * lanes)
          onCursor(left < 0 ? null : u.posToVal(left, 'x') * 1000, lanes > 0 ? lane : null)
        },
      ],
    },
  }
}
