import { Alert, Button, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Template } from '@/api/client'
import { keepText, placesQuery, preview, test } from './queries'

interface Props {
  study: string
  text: Template
  participants: readonly string[]
  onKept: (kept: Template) => void
}

const EXAMPLE = 'An invented person'

function Places({ onPick }: { onPick: (place: string) => void }) {
  const places = useQuery(placesQuery)
  return (
    <fieldset className="places">
      <legend>Put in at the cursor</legend>
      {Object.entries(places.data ?? {}).map(([name, meaning]) => (
        <Button
          key={name}
          size="compact-sm"
          variant="default"
          title={meaning}
          onClick={() => onPick(`{${name}}`)}
        >
          {name}
        </Button>
      ))}
    </fieldset>
  )
}

/** One text in one language: written, looked at as somebody would get it, tried on oneself. */
export function TextEditor({ study, text, participants, onKept }: Props) {
  const queries = useQueryClient()
  const body = useRef<HTMLTextAreaElement>(null)
  const [draft, setDraft] = useState(text)
  const [whom, setWhom] = useState('')
  const [to, setTo] = useState('')
  const changed = draft.subject !== text.subject || draft.body !== text.body
  const keeping = useMutation({
    mutationFn: () => keepText(study, text.name, draft),
    onSuccess: (kept) => {
      queries.invalidateQueries({ queryKey: ['messages', study, 'texts'] })
      onKept(kept)
    },
  })
  const looking = useMutation({ mutationFn: () => preview(study, text.name, whom, draft) })
  const trying = useMutation({ mutationFn: () => test(study, text.name, whom, to) })
  const put = (place: string) => {
    const field = body.current
    const [start, end] = [field?.selectionStart, field?.selectionEnd]
    const at = start ?? draft.body.length
    const next = draft.body.slice(0, at) + place + draft.body.slice(end ?? at)
    setDraft({ ...draft, body: next })
    requestAnimationFrame(() => {
      field?.focus()
      field?.setSelectionRange(at + place.length, at + place.length)
    })
  }
  const failed = keeping.error ?? looking.error ?? trying.error
  const { subject, body: words } = draft
  return (
    <div className="text-editor">
      <Stack gap="sm">
        <TextInput
          label="Subject"
          value={subject}
          onChange={(event) => setDraft({ ...draft, subject: event.currentTarget.value })}
        />
        <Textarea
          ref={body}
          label="Body"
          rows={12}
          value={words}
          onChange={(event) => setDraft({ ...draft, body: event.currentTarget.value })}
        />
        <Places onPick={put} />
        <Group gap="sm">
          <Button loading={keeping.isPending} disabled={!changed} onClick={() => keeping.mutate()}>
            Keep as version {text.version + 1}
          </Button>
          <Button variant="subtle" disabled={!changed} onClick={() => setDraft(text)}>
            Undo changes
          </Button>
        </Group>
      </Stack>
      <Stack gap="sm">
        <Group gap="sm" align="flex-end">
          <NativeSelect
            label="As it reaches"
            value={whom}
            data={[
              { value: '', label: EXAMPLE },
              ...participants.map((code) => ({ value: code, label: code })),
            ]}
            onChange={(event) => setWhom(event.currentTarget.value)}
          />
          <Button variant="default" loading={looking.isPending} onClick={() => looking.mutate()}>
            Preview
          </Button>
        </Group>
        {failed && (
          <Alert color="red" variant="light" title="That did not work" role="alert">
            {failed.message}
          </Alert>
        )}
        {looking.data && (
          <article className="letter" aria-label="Preview">
            <h3>{looking.data.subject}</h3>
            <p>{looking.data.body}</p>
          </article>
        )}
        <form
          className="test-send"
          onSubmit={(event) => {
            event.preventDefault()
            trying.mutate()
          }}
        >
          <TextInput
            label="Send a test to"
            description="Your own address. Choose a participant above whose text it is."
            type="email"
            required
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Button
            type="submit"
            variant="default"
            loading={trying.isPending}
            disabled={whom === '' || to === '' || changed}
          >
            Send test
          </Button>
        </form>
        <p className="note" role="status">
          {trying.isSuccess && `A test went to ${to}.`}
          {changed && 'Keep your changes before you send a test.'}
        </p>
      </Stack>
    </div>
  )
}
