import { Button, Group, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Receipt } from '@/api/client'
import { timeHere } from '@/components/time/words'
import { civilText } from '@/components/time/zone'

const REMOVED: Record<string, string> = {
  contacts: 'contact details',
  vendor_accounts: 'names at a vendor',
}

const removedText = (removed: Receipt['removed']) =>
  Object.entries(removed)
    .map(([name, count]) => `${count.toLocaleString('en')} ${REMOVED[name] ?? name}`)
    .join(', ')

function Fact({ title, texts }: { title: string; texts: readonly string[] }) {
  return (
    <div>
      <dt>{title}</dt>
      {texts.map((text) => (
        <dd key={text}>{text}</dd>
      ))}
    </div>
  )
}

interface Props {
  receipt: Receipt
  /** Whether whoever is signed in may see the audit trail. */
  audits: boolean
  onClose: () => void
}

/** What was done when somebody left, and where it is on record. */
export function LeaveReceipt({ receipt, audits, onClose }: Props) {
  const done = useRef<HTMLButtonElement>(null)
  // The button that had the focus is gone: the keyboard stays in the dialog.
  useEffect(() => done.current?.focus(), [])
  const { participant, study, withdrawn_on: day, at, revoked, removed, notes, exports } = receipt
  return (
    <Stack gap="md">
      <dl className="receipt" aria-label="Receipt">
        <Fact
          title="Withdrawn from"
          texts={[`${civilText(Date.parse(day), 'date')}, recorded ${timeHere(at)}`]}
        />
        <Fact
          title="Permission given back"
          texts={revoked.length > 0 ? revoked : ['none was there']}
        />
        <Fact title="Destroyed" texts={[removedText(removed) || 'nothing; the data stay']} />
        {notes.length > 0 && <Fact title="To know" texts={notes} />}
        <Fact
          title="Exports that hold their data"
          texts={exports.length > 0 ? exports : ['none was made']}
        />
      </dl>
      <Group justify="flex-end" gap="sm">
        {audits && (
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link {...props} to="/audit" search={{ study, participant, act: 'participant' }} />
            )}
          >
            Show it in the audit trail
          </Button>
        )}
        <Button ref={done} onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}
