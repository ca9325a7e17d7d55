import { Alert, Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { OptedOut as Person } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { Dialog } from '@/components/dialog'
import { Empty, Loading, Trouble } from '@/components/states'
import { dayHere } from '@/components/time/words'
import { letIn, optedOutQuery } from './queries'

interface AgainProps {
  study: string
  code: string
  onClose: () => void
}

function Again({ study, code, onClose }: AgainProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const letting = useMutation({
    mutationFn: () => letIn(study, code, reason),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['messages', study, 'opted-out'] })
      onClose()
    },
  })
  return (
    <Dialog title={`Write to ${code} again?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          letting.mutate()
        }}
      >
        <Stack gap="md">
          <p>Only if they told the team that they want messages again.</p>
          <TextInput
            label="How they asked for it"
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {letting.error && (
            <Alert color="red" variant="light" title="Not changed" role="alert">
              {letting.error.message}
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={letting.isPending} disabled={!reason.trim()}>
              Write again
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}

/** Who wants no messages. */
export function OptedOut({ study }: { study: string }) {
  const found = useQuery(optedOutQuery(study))
  const [again, setAgain] = useState<string | null>(null)
  if (found.error) return <Trouble error={found.error} onRetry={found.refetch} />
  if (!found.data) return <Loading what="who opted out" rows={4} height={44} />
  if (found.data.length === 0) return <Empty title="Nobody has opted out" />
  const columns: Column<Person>[] = [
    { id: 'participant', title: 'Participant', value: ({ participant }) => participant },
    {
      id: 'since',
      title: 'Since',
      value: ({ since }) => Date.parse(since),
      cell: ({ since }) => dayHere(since),
    },
    {
      id: 'again',
      title: 'Write again',
      control: true,
      value: () => null,
      cell: ({ participant }) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Write to ${participant} again`}
          onClick={() => setAgain(participant)}
        >
          Write again …
        </Button>
      ),
    },
  ]
  return (
    <>
      <DataTable
        caption="Who wants no messages"
        columns={columns}
        rows={found.data}
        rowKey={({ participant }) => participant}
      />
      {again && <Again study={study} code={again} onClose={() => setAgain(null)} />}
    </>
  )
}
