import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Mark, type Band as MarkBand } from '@/components/mark'
import { finding } from './finding'
import { FleetPanel } from './fleet-panel'
import { type Asked, type ComparisonRow, comparisonQuery, type Release } from './queries'
import { rateText, VITALS, vitalText } from './words'

interface Props {
  asked: Asked
  releases: readonly Release[]
  release: string | undefined
  unit: string
  onRelease: (release: string) => void
}

const MARKS: Record<ComparisonRow['verdict'], { band: MarkBand; word: string }> = {
  worse: { band: 'act', word: 'worse' },
  better: { band: 'good', word: 'better' },
  'no difference seen': { band: 'quiet', word: 'no difference seen' },
  'too few devices': { band: 'quiet', word: 'too few devices' },
}

/** One release against the one before it, in every cohort. */
export function ComparePanel({ asked, releases, release, unit, onRelease }: Props) {
  // The first has nothing before it.
  const names = releases
    .map(({ version }) => version)
    .filter(Boolean)
    .slice(1)
  const shown = names.find((name) => name === release) ?? names.at(-1)
  const found = useQuery({
    ...comparisonQuery(asked, shown ?? '', undefined),
    enabled: shown !== undefined,
  })
  const told = found.data && <span role="status">{finding(found.data, unit)}</span>
  const side = (which: 'before' | 'after') => ({
    id: which,
    title:
      which === 'before' ? (found.data?.previous ?? 'Before') : (found.data?.version ?? 'After'),
    numeric: true,
    value: (row: ComparisonRow) => row[which].value,
    cell: (row: ComparisonRow) =>
      rateText(row[which], (value) => vitalText(row.vital, value, '').replace(' an hour', '')),
  })
  return (
    <FleetPanel
      title="Release comparison"
      controls={
        names.length > 0 && (
          <NativeSelect
            label="Release"
            description={found.data && `against ${found.data.previous}, the one before it`}
            value={shown ?? ''}
            data={names}
            maw="16rem"
            mb="xs"
            onChange={(event) => onRelease(event.currentTarget.value)}
          />
        )
      }
      finding={told}
      rows={shown === undefined ? [] : found.data?.rows}
      none="There is only one version in this time: nothing to compare it with."
      rowKey={({ cohort, vital }) => `${cohort} ${vital}`}
      columns={[
        { id: 'cohort', title: 'Cohort', value: ({ cohort }) => cohort || 'all' },
        { id: 'vital', title: 'Vital', value: ({ vital }) => VITALS[vital] },
        {
          id: 'verdict',
          title: 'Verdict',
          value: ({ verdict }) => verdict,
          cell: ({ verdict }) => <Mark {...MARKS[verdict]} />,
        },
        side('before'),
        side('after'),
        {
          id: 'difference',
          title: 'Difference',
          numeric: true,
          value: ({ difference }) => difference,
          cell: (row) => vitalText(row.vital, row.difference, unit),
        },
        {
          id: 'low',
          title: 'At least',
          numeric: true,
          value: ({ low }) => low,
          cell: (row) => vitalText(row.vital, row.low, unit),
        },
        {
          id: 'high',
          title: 'At most',
          numeric: true,
          value: ({ high }) => high,
          cell: (row) => vitalText(row.vital, row.high, unit),
        },
        {
          id: 'devices',
          title: 'Devices before / after',
          numeric: true,
          value: ({ after }) => after.devices,
          cell: ({ before, after }) => `${before.devices} / ${after.devices}`,
        },
      ]}
      error={found.error}
      onRetry={found.refetch}
      busy={found.isFetching}
      table
    >
      {() => (
        <p className="chart-key">
          Of every vital more is worse. Each value has its 95 % interval; a difference lies between
          its least and its most, wide enough for all rows together, so that where nothing changed a
          release is called worse or better at most once in twenty. Devices that update early may be
          others than those that update late.
        </p>
      )}
    </FleetPanel>
  )
}
