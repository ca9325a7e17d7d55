import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Seats } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { codesIn, people } from './steps'

interface Props {
  vendor: string
  seats: Seats | undefined
  first: readonly string[]
  busy: boolean
  error: Error | null
  onInvite: (codes: string[]) => void
  onClose: () => void
}

function SeatsNote({ seats, asked, vendor }: { seats: Seats; asked: number; vendor: string }) {
  if (seats.left === null || asked <= seats.left) return null
  return (
    <Text size="sm" c="var(--act)">
      Only {seats.left} of {seats.limit} seats are left at {vendor}. People who come later cannot
      connect until the vendor has verified the study's client.
    </Text>
  )
}

/** Whom to invite: codes, typed or pasted, one a line. */
export function InviteDialog(props: Props) {
  const { vendor, seats, first, busy, error, onInvite, onClose } = props
  const [text, setText] = useState(first.join('\n'))
  const codes = codesIn(text)
  return (
    <Dialog wide title={`Invite to ${vendor}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (codes.length > 0) onInvite(codes)
        }}
      >
        <Stack gap="md">
          <Textarea
            label="Participants"
            description="Their codes, one a line. Everybody gets a link of their own; a link made before ends."
            rows={10}
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {seats && <SeatsNote seats={seats} asked={codes.length} vendor={vendor} />}
          {error && (
            <Alert color="red" variant="light" title="Nobody was invited" role="alert">
              {error.message} Mend the list and try again.
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={codes.length === 0}>
              {codes.length === 0 ? 'Invite' : `Invite ${people(codes.length)}`}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
