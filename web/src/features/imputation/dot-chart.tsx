import { strokeName } from '@/components/chart/colours'
import { useWidth } from '@/components/chart/width'

export interface Dot {
  value: number
  low: number | null
  high: number | null
}

export interface Row {
  name: string
  slot: number
  /** One for each category. */
  dots: (Dot | null)[]
}

interface Props {
  label: string
  categories: readonly string[]
  rows: readonly Row[]
  /** Of the values; the lowest and highest stretch it. */
  scale: (value: number) => string
  /** Whether the scale begins at zero. */
  grounded?: boolean
  /** A stretch of values that is aimed at. */
  band?: readonly [number, number]
  /** A value of its own, such as what was observed. */
  level?: number
  /** Joined by lines, because categories are numbers. */
  joined?: boolean
  height?: number
}

const [SIDE, END, TOP, FOOT] = [52, 12, 10, 26]
/** How wide a letter below is; words that would meet are left out. */
const LETTER = 7
const SHAPES = [
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z',
  'M-3.6 -3.6h7.2v7.2h-7.2z',
  'M0 -4.6l4.4 8h-8.8z',
  'M0 -5l4.6 5l-4.6 5l-4.6 -5z',
]

const shapeOf = (slot: number) => SHAPES[slot % SHAPES.length]

function edges({ rows, band, level, grounded }: Props): [number, number] {
  const all = rows.flatMap(({ dots }) =>
    dots.flatMap((dot) => (dot ? [dot.value, dot.low ?? dot.value, dot.high ?? dot.value] : [])),
  )
  const known = [...all, ...(band ?? []), ...(level === undefined ? [] : [level])]
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const room = (high - low || Math.abs(high) || 1) * 0.08
  return [grounded ? 0 : low - room, high + room]
}

/** A few round values of a range. */
function roundBetween(low: number, high: number): number[] {
  const rough = (high - low) / 4
  const ten = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((each) => each * ten).find((each) => each >= rough) ?? rough
  const first = Math.ceil(low / step - 1e-9)
  const many = Math.floor(high / step + 1e-9) - first + 1
  return Array.from({ length: many }, (_, i) => (first + i) * step)
}

/** Marks with their intervals, several in each category: shapes and colours tell them apart. */
export function DotChart(props: Props) {
  const { label, categories, rows, scale, band, level, joined, height = 230 } = props
  const [place, width] = useWidth()
  const [low, high] = edges(props)
  const tall = height - TOP - FOOT
  const step = (width - SIDE - END) / categories.length
  const y = (value: number) => TOP + tall - ((value - low) / (high - low)) * tall
  const x = (category: number, row: number) =>
    SIDE + step * (category + 0.5) + (row - (rows.length - 1) / 2) * Math.min(14, step / 6)
  const marks = roundBetween(low, high)
  const every = Math.ceil((Math.max(...categories.map((word) => word.length)) * LETTER) / step)
  return (
    <div ref={place}>
      <svg className="svg-chart dots" width={width} height={height} role="img" aria-label={label}>
        {band && (
          <rect
            className="aim"
            x={SIDE}
            width={width - SIDE - END}
            y={y(band[1])}
            height={y(band[0]) - y(band[1])}
          />
        )}
        {marks.map((value) => (
          <g key={value}>
            <line className="grid" x1={SIDE} x2={width - END} y1={y(value)} y2={y(value)} />
            <text className="side" x={SIDE - 6} y={y(value) + 4}>
              {scale(value)}
            </text>
          </g>
        ))}
        {level !== undefined && (
          <line className="level" x1={SIDE} x2={width - END} y1={y(level)} y2={y(level)} />
        )}
        {categories.map((category, i) =>
          i % every === 0 ? (
            <text key={category} className="tick" x={SIDE + step * (i + 0.5)} y={height - 6}>
              {category}
            </text>
          ) : null,
        )}
        {rows.map(({ name, slot, dots }, row) => (
          <g key={name} style={{ color: `var(${strokeName(slot)})` }}>
            {joined && (
              <polyline
                className="joint"
                points={dots
                  .flatMap((dot, i) => (dot ? [`${x(i, row)},${y(dot.value)}`] : []))
                  .join(' ')}
              />
            )}
            {dots.map((dot, i) =>
              dot ? (
                <g key={i} transform={`translate(${x(i, row)} 0)`}>
                  {dot.low !== null && dot.high !== null && (
                    <line className="spread" x1="0" x2="0" y1={y(dot.low)} y2={y(dot.high)} />
                  )}
                  <path d={shapeOf(slot)} transform={`translate(0 ${y(dot.value)})`}>
                    <title>{`${name}, ${categories[i]}: ${scale(dot.value)}`}</title>
                  </path>
                </g>
              ) : null,
            )}
          </g>
        ))}
      </svg>
    </div>
  )
}

/** Which mark is whose. */
export function DotKey({ rows }: { rows: readonly Pick<Row, 'name' | 'slot'>[] }) {
  return (
    <ul className="dot-key" aria-label="Marks">
      {rows.map(({ name, slot }) => (
        <li key={name} style={{ color: `var(${strokeName(slot)})` }}>
          <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
            <path d={shapeOf(slot)} fill="currentColor" />
          </svg>
          <span>{name}</span>
        </li>
      ))}
    </ul>
  )
}
