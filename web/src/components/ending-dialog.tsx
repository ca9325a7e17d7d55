import { Button, Group, Stack, Text } from '@mantine/core'
import { Dialog } from './dialog'
import { Trouble } from './states'

interface Props {
  title: string
  /** What follows from it. */
  consequence: string
  /** What the button that does it says. */
  word: string
  busy: boolean
  error: Error | null
  onEnd: () => void
  onClose: () => void
}

/** Asks once more before something ends for good. */
export function EndingDialog({ title, consequence, word, busy, error, onEnd, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <Stack gap="md">
        <Text>{consequence} This cannot be undone.</Text>
        {error && <Trouble error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="subtle" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={busy} onClick={onEnd}>
            {word}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
