import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Mark } from '@/components/mark'
import { Empty, Loading, NotAllowed, Trouble } from '@/components/states'
import { EntriesTable } from '@/features/audit/entries-table'
import { auditQuery, verify } from '@/features/audit/queries'
import { useMay } from '@/features/session/queries'
import { Page } from './page'
import { changed } from './search'

const route = getRouteApi('/audit')

const KINDS = [
  { value: '', label: 'Everything' },
  { value: 'session', label: 'Signing in' },
  { value: 'contact', label: 'Contact details' },
  { value: 'participant', label: 'Participants' },
  { value: 'grant', label: 'Grants' },
  { value: 'export', label: 'Exports' },
  { value: 'import', label: 'Imports' },
  { value: 'study', label: 'Studies' },
  { value: 'user', label: 'Users' },
  { value: 'key', label: 'Keys' },
]

function Verified() {
  const checking = useMutation({ mutationFn: verify })
  const found = checking.data
  return (
    <Group gap={0}>
      <span role="status" className="verified">
        {found &&
          (found.sound ? (
            <Mark band="good" word="As it was written">
              {found.entries.toLocaleString('en')} entries
            </Mark>
          ) : (
            <Mark band="act" word="Not as it was written">
              {found.problem}
            </Mark>
          ))}
      </span>
      <Button variant="default" loading={checking.isPending} onClick={() => checking.mutate()}>
        Verify the trail
      </Button>
    </Group>
  )
}

/** One field of the filter, asked when it is left or Enter is pressed. */
function Word({ label, value, onAsk }: WordProps) {
  const [typed, setTyped] = useState(value ?? '')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onAsk(typed.trim() || undefined)
      }}
    >
      <TextInput
        label={label}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => onAsk(typed.trim() || undefined)}
      />
    </form>
  )
}

interface WordProps {
  label: string
  value: string | undefined
  onAsk: (value: string | undefined) => void
}

/** Who did or read what, when, and why. */
export function Audit() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const may = useMay('read_audit')
  const { actor, act, participant, study } = search
  const trail = useInfiniteQuery({
    ...auditQuery({ actor, act, participant, study }),
    enabled: may,
  })
  if (!may) return <NotAllowed what="the audit trail" />

  const ask = (next: { [Name in keyof typeof search]?: string | undefined }) =>
    navigate({ search: (now) => changed(now, next), replace: true })
  const entries = trail.data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <Page
      title="Audit"
      about="Who did or read what, the newest first. Nothing in it can be changed."
      actions={<Verified />}
    >
      <div className="filters pairs">
        <NativeSelect
          label="What"
          data={KINDS}
          value={act ?? ''}
          onChange={(event) => ask({ act: event.currentTarget.value || undefined })}
        />
        <Word label="Who" value={actor} onAsk={(value) => ask({ actor: value })} />
        <Word
          label="Participant"
          value={participant}
          onAsk={(value) => ask({ participant: value })}
        />
      </div>
      {trail.error && <Trouble error={trail.error} onRetry={trail.refetch} />}
      {trail.isPending && !trail.error && <Loading what="the audit trail" rows={8} height={36} />}
      {trail.isSuccess && entries.length === 0 && (
        <Empty title={act || actor || participant ? 'No entry fits' : 'Nothing is recorded yet'} />
      )}
      {entries.length > 0 && <EntriesTable entries={entries} />}
      {trail.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={trail.isFetchingNextPage}
            onClick={() => trail.fetchNextPage()}
          >
            Older entries
          </Button>
        </Group>
      )}
    </Page>
  )
}
