import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Grant } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { revoke } from './queries'

interface Props {
  grant: Grant
  vendor: string
  onDone: () => void
  onClose: () => void
}

/** What revoking does, and the code typed to mean it. */
export function RevokeDialog({ grant, vendor, onDone, onClose }: Props) {
  const [typed, setTyped] = useState('')
  const revoking = useMutation({ mutationFn: () => revoke(grant), onSuccess: onDone })
  const code = grant.participant
  return (
    <Dialog title={`Revoke the grant of ${code}?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed.trim() === code) revoking.mutate()
        }}
      >
        <Stack gap="md">
          <ul className="consequences">
            <li>
              Nothing more is read of {code} from {vendor}, from now on.
            </li>
            <li>The permission is given back at {vendor}, and its key destroyed.</li>
            <li>Data that are here already stay.</li>
            <li>Only {code} can undo this, with a new invitation.</li>
          </ul>
          <TextInput
            label={`Type ${code} to go on`}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {revoking.error && <Trouble error={revoking.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              color="red"
              loading={revoking.isPending}
              disabled={typed.trim() !== code}
            >
              Revoke
            </Button>
          </Group>
          {revoking.isPending && <Text size="sm">Telling {vendor}…</Text>}
        </Stack>
      </form>
    </Dialog>
  )
}
