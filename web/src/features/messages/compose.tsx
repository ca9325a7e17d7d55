import { Alert, Button, Group, NativeSelect, Stack, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Letter, Template } from '@/api/client'
import { LettersTable } from './letters-table'
import { send } from './queries'
import { codesIn, people, summary, textName } from './words'

interface Person {
  code: string
  next_action: string
}

interface Props {
  study: string
  texts: Template[]
  participants: Person[]
  template: string
  /** Whom to write to first; without it those whose next action the text is about. */
  to: readonly string[]
  onTemplate: (name: string) => void
}

/** Whom a text is for: those whose next action it is about. */
const meant = (participants: Person[], template: string) =>
  participants.filter(({ next_action: next }) => next === template).map(({ code }) => code)

/** Writing to some: first a dry run, then a click. */
export function Compose({ study, texts, participants, template, to, onTemplate }: Props) {
  const queries = useQueryClient()
  const names = [...new Set(texts.map(({ name }) => name))]
  const [text, setText] = useState((to.length > 0 ? to : meant(participants, template)).join('\n'))
  const [sent, setSent] = useState<Letter[] | null>(null)
  const codes = codesIn(text)
  const run = useMutation({ mutationFn: () => send(study, template, codes, true) })
  const going = useMutation({
    mutationFn: () => send(study, template, codes, false),
    onSuccess: (letters) => {
      setSent(letters)
      run.reset()
      queries.invalidateQueries({ queryKey: ['messages', study] })
    },
  })
  const change = (next: string) => {
    setText(next)
    setSent(null)
    run.reset()
  }
  const pick = (name: string) => {
    onTemplate(name)
    change(meant(participants, name).join('\n'))
  }
  const wanted = meant(participants, template)
  const failed = run.error ?? going.error
  const reached = run.data?.filter(({ verdict }) => verdict !== 'held').length ?? 0
  return (
    <Stack gap="md" className="compose">
      <div className="compose-form">
        <NativeSelect
          label="Text"
          value={template}
          data={names.map((name) => ({ value: name, label: textName(name) }))}
          onChange={(event) => pick(event.currentTarget.value)}
        />
        <Textarea
          label="Participants"
          description="Their codes, one a line."
          rows={6}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => change(wanted.join('\n'))}
            disabled={wanted.length === 0}
          >
            Those it is for ({wanted.length})
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => change(participants.map(({ code }) => code).join('\n'))}
          >
            Everybody ({participants.length})
          </Button>
        </Group>
        <Group gap="sm">
          <Button
            variant={run.data ? 'default' : 'filled'}
            loading={run.isPending}
            disabled={codes.length === 0}
            onClick={() => run.mutate()}
          >
            {codes.length === 0 ? 'Dry run' : `Dry run for ${people(codes.length)}`}
          </Button>
          {run.data && (
            <Button
              variant="filled"
              color="petrol"
              loading={going.isPending}
              disabled={reached === 0}
              onClick={() => going.mutate()}
            >
              Send to {people(reached)}
            </Button>
          )}
        </Group>
      </div>
      {failed && (
        <Alert color="red" variant="light" title="Nothing was sent" role="alert">
          {failed.message}
        </Alert>
      )}
      <div role="status">
        {run.data && <p className="finding">{summary(run.data)} Nothing has been sent.</p>}
        {sent && (
          <p className="finding">
            {people(sent.filter(({ verdict }) => verdict !== 'held').length)} will be written to.
          </p>
        )}
      </div>
      {(run.data ?? sent) && <LettersTable letters={run.data ?? sent ?? []} />}
    </Stack>
  )
}
