import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { DeskLine } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { civilDay, dateText } from '@/components/time/zone'

const DAY = 86_400_000
const CHOICES: [string, number][] = [
  ['Tomorrow', 1],
  ['In 3 days', 3],
  ['In a week', 7],
]

interface Props {
  line: DeskLine
  now: number
  busy: boolean
  error: Error | null
  onDone: (until: string, note: string) => void
  onClose: () => void
}

/** Says that somebody was seen to, and when they come back if the same is still due. */
export function SeenToDialog({ line, now, busy, error, onDone, onClose }: Props) {
  const [note, setNote] = useState('')
  const today = civilDay(now, line.timezone)
  const [until, setUntil] = useState(dateText(today + 3 * DAY))
  return (
    <Dialog title={`Seen to ${line.code}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onDone(until, note.trim())
        }}
      >
        <Stack gap="md">
          <Text size="sm">{line.next_action_sentence}</Text>
          <Textarea
            label="Note"
            description="What was said or done. No health details; the study team can read it."
            maxLength={500}
            data-autofocus
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <div>
            <TextInput
              label="Show again on"
              description="If the same is still due on that day."
              type="date"
              required
              min={dateText(today + DAY)}
              max={dateText(today + 60 * DAY)}
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
            <Group gap="xs" mt="xs">
              {CHOICES.map(([word, days]) => (
                <Button
                  key={word}
                  size="compact-sm"
                  variant="default"
                  onClick={() => setUntil(dateText(today + days * DAY))}
                >
                  {word}
                </Button>
              ))}
            </Group>
          </div>
          {error && <Trouble error={error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              Seen to
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
