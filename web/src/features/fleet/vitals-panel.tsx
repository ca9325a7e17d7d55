import { useQuery } from '@tanstack/react-query'
import { Loading, Trouble } from '@/components/states'
import { FleetPanel } from './fleet-panel'
import { type Asked, devicesQuery, MOST_DEVICES, type VitalsRow, vitalsQuery } from './queries'
import { count, figure, hoursLong, orNone, percent, rateText, several } from './words'

const SILENT_HOURS = 24

const contrary = (share: number | null) => (share === null ? null : 1 - share)

function Tile({ title, value, note }: { title: string; value: string; note: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <b>{value}</b>
        <small>{note}</small>
      </dd>
    </div>
  )
}

/** How the fleet is, in four figures. */
export function VitalTiles({ asked, unit }: { asked: Asked; unit: string }) {
  const found = useQuery(vitalsQuery(asked, ['project']))
  const { start: _, end: __, ...places } = asked
  const silent = useQuery(devicesQuery(places, [], SILENT_HOURS))
  const all = useQuery(devicesQuery(places, []))
  const row = found.data?.[0]
  if (found.error) return <Trouble error={found.error} onRetry={found.refetch} />
  if (!found.data) return <Loading what="vitals" height={90} />
  if (!row) return null
  const { battery_drop: drop, sync_failure: sync } = row
  const many = silent.data?.length
  return (
    <dl className="tiles">
      <Tile
        title="Expected battery life"
        value={hoursLong(row.life_h)}
        note={
          drop.value === null
            ? 'no discharge was reported'
            : `${figure(drop.value)}${unit && ` ${unit}`} an hour, ${several(drop.devices, 'device')}`
        }
      />
      <Tile
        title="Sync success"
        value={percent(contrary(sync.value))}
        note={
          sync.low === null || sync.high === null
            ? 'no sync was reported'
            : `${percent(1 - sync.high)} to ${percent(1 - sync.low)}, ${several(sync.devices, 'device')}`
        }
      />
      <Tile
        title="Operational hours"
        value={count(row.operational_h)}
        note={`${several(row.reports, 'report')}; ${percent(row.silence.value)} of hours silent`}
      />
      <Tile
        title="Silent devices"
        value={
          many === undefined ? '…' : many >= MOST_DEVICES ? `${count(many)} or more` : count(many)
        }
        note={`of ${all.data ? count(all.data.length) : '…'}: no report for ${SILENT_HOURS} h until now`}
      />
    </dl>
  )
}

const rate = (
  words: (value: number | null) => string,
  of: 'battery_drop' | 'sync_failure' | 'silence',
) => ({
  numeric: true,
  value: (row: VitalsRow) => row[of].value,
  cell: (row: VitalsRow) => rateText(row[of], words),
})

interface Props {
  asked: Asked
  by: 'version' | 'cohort'
  unit: string
  table: boolean
  onTable: (shown: boolean) => void
}

/** The vitals of each version or cohort, with their intervals. */
export function VitalsPanel({ asked, by, unit, table, onTable }: Props) {
  const found = useQuery(vitalsQuery(asked, [by]))
  const drawn = found.data?.filter(({ battery_drop }) => battery_drop.value !== null) ?? []
  const top = Math.max(1e-9, ...drawn.map(({ battery_drop: d }) => d.high ?? d.value ?? 0))
  const place = (value: number) => `${(Math.max(0, value) / top) * 100}%`
  return (
    <FleetPanel
      title={`Vitals by ${by}`}
      rows={found.data}
      rowKey={({ version, cohort }) => `${version} ${cohort}`}
      columns={[
        { id: by, title: by === 'version' ? 'Version' : 'Cohort', value: (row) => orNone(row[by]) },
        {
          id: 'drop',
          title: `Battery drop${unit && `, ${unit}`} an hour`,
          ...rate(figure, 'battery_drop'),
        },
        {
          id: 'life',
          title: 'From full lasts',
          numeric: true,
          value: ({ life_h }) => life_h,
          cell: ({ life_h }) => hoursLong(life_h),
        },
        { id: 'sync', title: 'Failed syncs', ...rate(percent, 'sync_failure') },
        { id: 'silence', title: 'Silent hours', ...rate(percent, 'silence') },
        {
          id: 'hours',
          title: 'Operational hours',
          numeric: true,
          value: (row) => row.operational_h,
          cell: (row) => count(row.operational_h),
        },
        {
          id: 'reports',
          title: 'Reports',
          numeric: true,
          value: (row) => row.reports,
          cell: (row) => count(row.reports),
        },
        { id: 'devices', title: 'Devices', numeric: true, value: ({ silence }) => silence.devices },
      ]}
      error={found.error}
      onRetry={found.refetch}
      busy={found.isFetching}
      table={table}
      onTable={onTable}
    >
      {() => (
        <>
          {drawn.length === 0 && <p className="none">No battery drop was reported.</p>}
          <ul className="forest" aria-label={`Battery drop by ${by}`}>
            {drawn.map(({ battery_drop: drop, life_h, ...row }) => (
              <li key={row[by]}>
                <b>{orNone(row[by])}</b>
                <span className="forest-line" aria-hidden="true">
                  {drop.low !== null && drop.high !== null && (
                    <i
                      style={{
                        insetInlineStart: place(drop.low),
                        width: `calc(${place(drop.high)} - ${place(drop.low)})`,
                      }}
                    />
                  )}
                  <em style={{ insetInlineStart: place(drop.value ?? 0) }} />
                </span>
                <span>
                  {rateText(drop, figure)} an hour, {hoursLong(life_h)} from full,{' '}
                  {several(drop.devices, 'device')}
                </span>
              </li>
            ))}
          </ul>
          <p className="chart-key">
            Battery drop an hour while discharging{unit && `, in ${unit}`}, from zero; the bar is
            its 95 % interval.
          </p>
        </>
      )}
    </FleetPanel>
  )
}
