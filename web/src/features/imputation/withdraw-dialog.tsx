import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { type Run, withdraw } from './queries'
import { count, metricWord, unitOf } from './words'

interface Props {
  run: Run
  onDone: () => void
  onClose: () => void
}

/** What withdrawing does, and why it is done. */
export function WithdrawDialog({ run, onDone, onClose }: Props) {
  const [reason, setReason] = useState('')
  const taking = useMutation({ mutationFn: () => withdraw(run.id, reason), onSuccess: onDone })
  return (
    <Dialog title={`Withdraw run ${run.id}?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          taking.mutate()
        }}
      >
        <Stack gap="md">
          <ul className="consequences">
            <li>
              {count(run.minutes)} imputed {unitOf(run.metric)} of{' '}
              {metricWord(run.metric).toLowerCase()} are taken back; they become gaps again.
            </li>
            <li>What an earlier run had there stands again.</li>
            <li>Measured values stay as they are, and so does the record of the run.</li>
          </ul>
          <TextInput
            label="Why"
            autoComplete="off"
            maxLength={2000}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {taking.error && <Trouble error={taking.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red" loading={taking.isPending}>
              Withdraw
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
