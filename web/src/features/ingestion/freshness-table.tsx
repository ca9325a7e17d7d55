import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { FreshnessLine } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { ago, timeHere } from '@/components/time/words'
import { civilText } from '@/components/time/zone'
import { advice, freshWords, staleness } from './words'

interface Props {
  lines: FreshnessLine[]
  now: number
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  /** What may be asked for; nothing for those who only look. */
  acting?: Acting | undefined
}

export interface Acting {
  onSync: (line: FreshnessLine) => void
  onReplay: (line: FreshnessLine) => void
}

const millis = (instant: string | null) => (instant ? Date.parse(instant) : null)

const columnsOf = (now: number): Column<FreshnessLine>[] => [
  {
    id: 'participant',
    title: 'Participant',
    value: ({ participant }) => participant,
    cell: ({ participant, study }) => (
      <Link
        className="plain-link"
        to="/ingestion"
        search={{ study, participant }}
        aria-label={`${participant}, attempts`}
      >
        {participant}
      </Link>
    ),
  },
  { id: 'source', title: 'Source', wideOnly: true, value: ({ source }) => source },
  {
    id: 'fresh',
    title: 'Complete up to',
    value: staleness,
    cell: (line) => {
      const { when, ...words } = freshWords(line, now)
      return (
        <Mark {...words} title={line.until_at ? timeHere(line.until_at) : undefined}>
          {when}
        </Mark>
      )
    },
  },
  {
    id: 'device',
    title: 'Device synced',
    wideOnly: true,
    value: ({ device_synced_at }) => millis(device_synced_at),
    cell: ({ device_synced_at }) =>
      device_synced_at ? ago(Date.parse(device_synced_at), now) : 'not told',
  },
  {
    id: 'history',
    title: 'From',
    wideOnly: true,
    value: ({ history_from }) => millis(history_from),
    cell: ({ history_from }) => history_from && civilText(Date.parse(history_from), 'date'),
  },
  {
    id: 'problem',
    title: 'Problem',
    wideOnly: true,
    value: ({ problem }) => problem,
    cell: ({ problem, code, state }) =>
      problem && (
        <div className="problem">
          <span title={problem}>{problem}</span>
          <small>{advice(state, code)}</small>
        </div>
      ),
  },
]

const actions = ({ onSync, onReplay }: Acting): Column<FreshnessLine> => ({
  id: 'actions',
  title: 'Actions',
  control: true,
  wideOnly: true,
  value: () => null,
  cell: (line) =>
    ['active', 'partial', 'expired', 'revoked'].includes(line.state) && (
      <span className="row-actions">
        {['active', 'partial'].includes(line.state) && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Sync now ${line.participant} from ${line.source}`}
            onClick={() => onSync(line)}
          >
            Sync now
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={`Replay ${line.participant} from ${line.source}`}
          onClick={() => onReplay(line)}
        >
          Replay
        </Button>
      </span>
    ),
})

/** How fresh everybody's data are, the stalest first unless sorted otherwise. */
export function FreshnessTable({ lines, now, sort, onSort, acting }: Props) {
  const columns = useMemo(
    () => (acting ? [...columnsOf(now), actions(acting)] : columnsOf(now)),
    [now, acting],
  )
  const rows = useMemo(() => [...lines].sort((a, b) => staleness(a) - staleness(b)), [lines])
  return (
    <DataTable
      caption="Freshness"
      columns={columns}
      rows={rows}
      rowKey={({ participant, source }) => `${participant} ${source}`}
      rowHeight={lines.some(({ problem }) => problem) ? 76 : 52}
      sort={sort}
      onSort={onSort}
    />
  )
}
