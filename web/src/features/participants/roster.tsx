import { Anchor, Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Participant } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { civilText } from '@/components/time/zone'
import { Freshness } from './freshness'
import { WornStrip } from './worn-strip'

interface Props {
  participants: Participant[]
  chosen: readonly string[]
  onChoose: (code: string, chosen: boolean) => void
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  now: number
}

const dateWords = (day: string | null) => (day ? civilText(Date.parse(day), 'date') : '')

const millis = (instant: string | null) => (instant ? Date.parse(instant) : null)

/** The participants whose code or time zone holds the words. */
export function matching(participants: Participant[], words: string): Participant[] {
  const sought = words.trim().toLowerCase()
  if (!sought) return participants
  return participants.filter(({ code, timezone }) =>
    `${code} ${timezone}`.toLowerCase().includes(sought),
  )
}

function columnsOf(
  now: number,
  chosen: ReadonlySet<string>,
  onChoose: Props['onChoose'],
): Column<Participant>[] {
  return [
    {
      id: 'chosen',
      title: 'Choose',
      control: true,
      value: ({ code }) => (chosen.has(code) ? 1 : 0),
      cell: ({ code }) => (
        <Checkbox
          aria-label={`Choose ${code}`}
          checked={chosen.has(code)}
          onChange={(event) => onChoose(code, event.currentTarget.checked)}
        />
      ),
    },
    {
      id: 'code',
      title: 'Participant',
      value: ({ code }) => code,
      cell: ({ code, study }) => (
        <Anchor
          fw={600}
          renderRoot={(props) => (
            <Link {...props} to="/participants/$code" params={{ code }} search={{ study }} />
          )}
        >
          {code}
        </Anchor>
      ),
    },
    {
      id: 'last',
      title: 'Last data',
      value: ({ last_sample_at }) => millis(last_sample_at),
      cell: (participant) => <Freshness participant={participant} now={now} />,
    },
    {
      id: 'worn',
      title: 'Worn',
      value: ({ worn_minutes }) => worn_minutes.reduce((sum, day) => sum + day.minutes, 0),
      cell: ({ worn_minutes }) => <WornStrip worn={worn_minutes} />,
    },
    {
      id: 'days',
      title: 'Days with data',
      numeric: true,
      wideOnly: true,
      value: ({ days_with_data }) => days_with_data,
    },
    {
      id: 'enrolled',
      title: 'Enrolled',
      wideOnly: true,
      value: ({ enrolled_on }) => millis(enrolled_on),
      cell: ({ enrolled_on }) => dateWords(enrolled_on),
    },
    { id: 'zone', title: 'Time zone', wideOnly: true, value: ({ timezone }) => timezone },
  ]
}

/** Everyone in a study: who is wearing, who is silent, whom to look at. */
export function Roster({ participants, chosen, onChoose, sort, onSort, now }: Props) {
  const columns = useMemo(() => columnsOf(now, new Set(chosen), onChoose), [now, chosen, onChoose])
  return (
    <DataTable
      caption="Participants"
      columns={columns}
      rows={participants}
      rowKey={({ code }) => code}
      rowHeight={52}
      sort={sort}
      onSort={onSort}
    />
  )
}
