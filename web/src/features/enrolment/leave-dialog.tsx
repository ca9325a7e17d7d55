import './enrolment.css'
import { Button, Group, Radio, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Leaving } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { LeaveReceipt } from './leave-receipt'
import { leave } from './queries'

interface Props {
  study: string
  code: string
  /** Whether they have left already, so that only their identity can go. */
  left: boolean
  /** Whether whoever is signed in may destroy who it was. */
  parts: boolean
  audits: boolean
  onLeft: () => void
  onClose: () => void
}

const ACTS: { value: Leaving; label: string; description: string }[] = [
  {
    value: 'keep',
    label: 'Stop, and keep the data',
    description:
      'Nothing more is fetched from that day on, and the permission is given back. Data and contact details stay.',
  },
  {
    value: 'part',
    label: 'Stop, and destroy who it was',
    description:
      'The same; besides, contact details and what the vendor calls this person go for good. The data stay under a code that leads to nobody.',
  },
]

/** Lets somebody leave the study, and shows the receipt of what was done. */
export function LeaveDialog({ study, code, left, parts, audits, onLeft, onClose }: Props) {
  const [act, setAct] = useState<Leaving>(left ? 'part' : 'keep')
  const [on, setOn] = useState('')
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const meant = typed.trim() === code && reason.trim() !== ''
  const leaving = useMutation({
    mutationFn: () => leave(study, code, { leaving: act, on: on || null, reason }),
    onSuccess: onLeft,
  })
  if (leaving.data) {
    return (
      <Dialog title={`${code} has left`} onClose={onClose}>
        <LeaveReceipt receipt={leaving.data} audits={audits} onClose={onClose} />
      </Dialog>
    )
  }
  return (
    <Dialog title={`Withdraw ${code}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (meant) leaving.mutate()
        }}
      >
        <Stack gap="md">
          <Radio.Group
            label="What becomes of the data"
            value={act}
            onChange={(value) => setAct(value as Leaving)}
          >
            <Stack gap="sm" mt="xs">
              {ACTS.filter(({ value }) => (value === 'keep' ? !left : parts)).map((each) => (
                <Radio key={each.value} {...each} />
              ))}
            </Stack>
          </Radio.Group>
          {!left && (
            <TextInput
              label="From (empty: today)"
              type="date"
              value={on}
              onChange={(event) => setOn(event.currentTarget.value)}
            />
          )}
          <TextInput
            label="Why"
            description="Stands in the history and in the audit trail; no health details."
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <TextInput
            label={`Type ${code} to go on`}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {leaving.error && <Trouble error={leaving.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red" loading={leaving.isPending} disabled={!meant}>
              Withdraw {code}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
