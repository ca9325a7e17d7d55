import { NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type PointerEvent, useRef } from 'react'
import { Loading, Trouble } from '@/components/states'
import { binsOf, pointAt } from './histogram'
import { type CurvePoint, curveQuery } from './queries'
import { TrendPanel } from './trend-panel'
import { count, percent } from './words'

interface Props {
  study: string
  cut: number
  least: number
  onCut: (cut: number) => void
  onLeast: (least: number) => void
  table: boolean
  onTable: (shown: boolean) => void
  exports: boolean
}

const [WIDE, TALL, HOURS] = [480, 150, 24]
const x = (hours: number) => (hours / HOURS) * WIDE

function Bars({
  points,
  cut,
  onCut,
}: {
  points: CurvePoint[]
  cut: number
  onCut: Props['onCut']
}) {
  const plot = useRef<SVGSVGElement>(null)
  const bins = binsOf(points)
  const most = Math.max(1, ...bins.map(({ days }) => days))
  const drag = (event: PointerEvent) => {
    if (event.buttons === 0 || !plot.current) return
    const { left, width } = plot.current.getBoundingClientRect()
    const hours = ((event.clientX - left) / width) * HOURS
    onCut(Math.min(HOURS, Math.max(0, Math.round(hours * 2) / 2)))
  }
  return (
    <svg
      ref={plot}
      className="worn-hours"
      viewBox={`0 0 ${WIDE} ${TALL}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        drag(event)
      }}
      onPointerMove={drag}
    >
      {bins.map(({ from, to, days }) => (
        <rect
          key={from}
          className={from >= cut ? 'kept' : 'cut'}
          x={x(from) + 1}
          width={x(to) - x(from) - 2}
          y={TALL - (days / most) * (TALL - 8)}
          height={(days / most) * (TALL - 8)}
        />
      ))}
      <line x1={x(cut)} x2={x(cut)} y1={0} y2={TALL} />
    </svg>
  )
}

interface SmallProps {
  title: string
  points: CurvePoint[]
  cut: number
  value: (point: CurvePoint) => number | null
  words: (value: number) => string
}

const [SMALL_WIDE, SMALL_TALL] = [240, 64]

/** One figure over all thresholds, with what it is at the cut. */
function Small({ title, points, cut, value, words }: SmallProps) {
  const values = points.map(value)
  const most = Math.max(1e-9, ...values.map((one) => one ?? 0))
  const place = (hours: number) => (hours / HOURS) * SMALL_WIDE
  const drawn = points.flatMap((point, i) => {
    const one = values[i]
    if (one === null || one === undefined) return []
    return [`${place(point.hours)},${SMALL_TALL - 4 - (one / most) * (SMALL_TALL - 8)}`]
  })
  const at = points.find(({ hours }) => hours === cut)
  const here = at && value(at)
  return (
    <div className="small-curve">
      <p>
        {title} <b>{here === null || here === undefined ? 'none' : words(here)}</b>
      </p>
      <svg
        viewBox={`0 0 ${SMALL_WIDE} ${SMALL_TALL}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <polyline points={drawn.join(' ')} />
        <line x1={place(cut)} x2={place(cut)} y1={0} y2={SMALL_TALL} />
      </svg>
    </div>
  )
}

function finding(points: CurvePoint[], cut: number): string {
  const [at, all] = [pointAt(points, cut), pointAt(points, 0)]
  if (!at || !all || all.days === 0) return 'No day is closed yet.'
  const steps = at.mean_steps === null ? '' : `, ${count(Math.round(at.mean_steps))} steps a day`
  return `At least ${cut} h of wear: ${count(at.days)} of ${count(all.days)} days kept, ${count(at.people)} of ${count(all.people)} people${steps}.`
}

function Cut({ points, cut, onCut }: { points: CurvePoint[]; cut: number; onCut: Props['onCut'] }) {
  return (
    <div className="cut">
      <Bars points={points} cut={cut} onCut={onCut} />
      <input
        type="range"
        min={0}
        max={HOURS}
        step={0.5}
        value={cut}
        aria-label="Worn hours that a day must have"
        aria-valuetext={`${cut} hours`}
        onChange={(event) => onCut(Number(event.currentTarget.value))}
      />
      <p className="cut-scale" aria-hidden="true">
        {[0, 6, 12, 18, 24].map((hours) => (
          <span key={hours}>{hours} h</span>
        ))}
      </p>
    </div>
  )
}

/** What is left of the study where a day must have more or fewer worn hours. */
export function Explorer(props: Props) {
  const { study, cut, least, onCut, onLeast, table, onTable, exports } = props
  const found = useQuery(curveQuery(study, least))
  if (found.error) return <Trouble error={found.error} onRetry={found.refetch} />
  if (!found.data) return <Loading what="the threshold explorer" height={320} />
  const points = found.data
  return (
    <TrendPanel
      title="Threshold explorer"
      finding={<span role="status">{finding(points, cut)}</span>}
      rows={points}
      rowKey={({ hours }) => String(hours)}
      columns={[
        { id: 'hours', title: 'At least, hours', numeric: true, value: ({ hours }) => hours },
        { id: 'days', title: 'Days kept', numeric: true, value: ({ days }) => days },
        {
          id: 'days_share',
          title: 'Of closed days',
          numeric: true,
          value: (row) => row.days_share,
          cell: (row) => percent(row.days_share),
        },
        { id: 'people', title: 'People kept', numeric: true, value: (row) => row.people },
        {
          id: 'mean_steps',
          title: 'Mean steps',
          numeric: true,
          value: (row) => row.mean_steps,
          cell: (row) => (row.mean_steps === null ? 'none' : count(Math.round(row.mean_steps))),
        },
      ]}
      table={table}
      onTable={onTable}
      exports={exports}
    >
      {() => (
        <div className="explorer">
          <div>
            <h3>Closed days by worn hours</h3>
            <Cut points={points} cut={cut} onCut={onCut} />
          </div>
          <div className="small-curves">
            <Small
              title="Days kept"
              points={points}
              cut={cut}
              value={({ days }) => days}
              words={count}
            />
            <Small
              title="People kept"
              points={points}
              cut={cut}
              value={({ people }) => people}
              words={count}
            />
            <Small
              title="Mean steps"
              points={points}
              cut={cut}
              value={(point) => point.mean_steps}
              words={(steps) => count(Math.round(steps))}
            />
            <NumberInput
              label="Days that somebody must keep to count"
              min={1}
              max={365}
              value={least}
              onChange={(value) => typeof value === 'number' && value >= 1 && onLeast(value)}
            />
          </div>
        </div>
      )}
    </TrendPanel>
  )
}
