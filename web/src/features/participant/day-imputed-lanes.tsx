import type { Filled, FilledBar } from './day-imputed'

interface HeartProps {
  runs: readonly Filled[][]
  x: (at: number) => number
  y: (value: number) => number
}

const line = (points: readonly [number, number][]) =>
  points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

/** Imputed heart rate: dashed, hollow at its ends, its interval between dotted edges. */
export function ImputedHeart({ runs, x, y }: HeartProps) {
  return runs.map((run) => {
    const place = (of: 'value' | 'low' | 'high') =>
      run.map((one): [number, number] => [x(one.at + 30_000), y(one[of])])
    const middle = place('value')
    const ends = [middle[0], ...(run.length > 1 ? [middle.at(-1)] : [])]
    return (
      <g key={run[0]?.at} className="heart-imputed">
        <path className="edge" d={line(place('low'))} />
        <path className="edge" d={line(place('high'))} />
        <path className="middle" d={line(middle)} />
        {ends.map((end) =>
          end ? <circle key={end[0]} className="mark" cx={end[0]} cy={end[1]} r={2.6} /> : null,
        )}
      </g>
    )
  })
}

interface StepsProps {
  bars: readonly FilledBar[]
  /** What was measured in the quarter that begins there, on which a box stands. */
  base: (start: number) => number
  x: (at: number) => number
  height: number
  most: number
}

/** Imputed steps: dashed boxes on top of what was measured. */
export function ImputedSteps({ bars, base, x, height, most }: StepsProps) {
  return bars.map(({ start, end, steps }) => {
    const tall = Math.max((steps / most) * height, 1)
    const foot = height - (base(start) / most) * height
    return (
      <rect
        key={start}
        className="step-imputed"
        x={x(start) + 0.5}
        y={foot - tall}
        width={Math.max(x(end) - x(start) - 2, 1)}
        height={tall}
      />
    )
  })
}
