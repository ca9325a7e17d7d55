import { Anchor, Button, Checkbox } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Grant } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { dayHere, timeHere } from '@/components/time/words'
import { detailOf, STEP_NAMES, STEPS } from './steps'

interface Props {
  grants: Grant[]
  now: number
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  /** What may be done with grants; nothing for those who only look. */
  managing?: Managing | undefined
}

export interface Managing {
  chosen: readonly string[]
  onChoose: (code: string, chosen: boolean) => void
  onInvite: (grant: Grant) => void
  onRevoke: (grant: Grant) => void
}

const millis = (instant: string | null) => (instant ? Date.parse(instant) : null)

function Expiry({ grant, now }: { grant: Grant; now: number }) {
  const until = grant.link_expires_at
  if (!until) return null
  if (Date.parse(until) <= now) return <Mark band="act" word="Link is over" />
  return <span title={timeHere(until)}>until {dayHere(until)}</span>
}

const common = (now: number): Column<Grant>[] => [
  {
    id: 'participant',
    title: 'Participant',
    value: ({ participant }) => participant,
    cell: ({ participant, study }) => (
      <Anchor
        fw={600}
        renderRoot={(props) => (
          <Link
            {...props}
            to="/participants/$code"
            params={{ code: participant }}
            search={{ study }}
          />
        )}
      >
        {participant}
      </Anchor>
    ),
  },
  {
    id: 'state',
    title: 'State',
    value: ({ step }) => STEP_NAMES.indexOf(step),
    cell: (grant) => (
      <div className="state">
        <Mark {...STEPS[grant.step]} />
        <small title={detailOf(grant)}>{detailOf(grant)}</small>
      </div>
    ),
  },
  {
    id: 'since',
    title: 'Since',
    wideOnly: true,
    value: ({ since_at }) => millis(since_at),
    cell: ({ since_at }) => since_at && <span title={timeHere(since_at)}>{dayHere(since_at)}</span>,
  },
  {
    id: 'link',
    title: 'Link works',
    wideOnly: true,
    value: ({ link_expires_at }) => millis(link_expires_at),
    cell: (grant) => <Expiry grant={grant} now={now} />,
  },
]

const choosing = ({ chosen, onChoose }: Managing): Column<Grant> => ({
  id: 'chosen',
  title: 'Choose',
  control: true,
  value: ({ participant }) => (chosen.includes(participant) ? 1 : 0),
  cell: ({ participant }) => (
    <Checkbox
      aria-label={`Choose ${participant}`}
      checked={chosen.includes(participant)}
      onChange={(event) => onChoose(participant, event.currentTarget.checked)}
    />
  ),
})

const WORDS: Partial<Record<Grant['step'], string>> = {
  none: 'Invite',
  partial: 'Ask again',
  expired: 'Ask again',
  revoked: 'Invite again',
}

const acting = ({ onInvite, onRevoke }: Managing): Column<Grant> => ({
  id: 'actions',
  title: 'Actions',
  control: true,
  wideOnly: true,
  value: () => null,
  cell: (grant) => (
    <span className="row-actions">
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`${WORDS[grant.step] ?? 'New link'} ${grant.participant}`}
        onClick={() => onInvite(grant)}
      >
        {WORDS[grant.step] ?? 'New link'}
      </Button>
      {!['none', 'revoked'].includes(grant.step) && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          aria-label={`Revoke ${grant.participant}`}
          onClick={() => onRevoke(grant)}
        >
          Revoke
        </Button>
      )}
    </span>
  ),
})

/** Where each participant stands with one source. */
export function GrantsTable({ grants, now, sort, onSort, managing }: Props) {
  const columns = useMemo(
    () => (managing ? [choosing(managing), ...common(now), acting(managing)] : common(now)),
    [now, managing],
  )
  return (
    <DataTable
      caption="Grants"
      columns={columns}
      rows={grants}
      rowKey={({ participant, source }) => `${participant} ${source}`}
      rowHeight={56}
      sort={sort}
      onSort={onSort}
    />
  )
}
