import './today.css'
import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DeskLine } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { Loading, Trouble } from '@/components/states'
import { people } from '@/features/desk/words'
import {
  dryRunQuery,
  type Letter,
  OWN,
  previewQuery,
  send,
  templatesQuery,
  titleOf,
} from './letters'

interface Props {
  study: string
  lines: DeskLine[]
  onSent: () => void
  onClose: () => void
}

/** The text to begin with: that of the next action, or each their own where several are due. */
function firstText(lines: readonly DeskLine[]): string {
  const due = [...new Set(lines.map(({ next_action }) => next_action))]
  const [only] = due
  return due.length === 1 && only && only !== 'nothing' ? only : OWN
}

/** Who gets it now or later, and who not and why. */
function Verdicts({ letters, sent }: { letters: Letter[]; sent: boolean }) {
  const going = letters.filter(({ verdict }) => verdict !== 'held')
  const later = going.filter(({ verdict }) => verdict === 'later')
  const held = letters.filter(({ verdict }) => verdict === 'held')
  const waiting = later.length > 0 ? `, ${later.length} of them once it is morning there` : ''
  return (
    <div role="status">
      <Text fw={600}>
        {sent ? 'Goes' : 'Would go'} to {people(going.length)}
        {waiting}.
      </Text>
      {held.length > 0 && (
        <>
          <Text size="sm">Held back: {people(held.length)}.</Text>
          <ul className="verdicts" aria-label="Held back">
            {held.map(({ participant, reason }) => (
              <li key={participant}>
                <b>{participant}</b> {reason}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

function Preview({ study, lines, template }: PreviewProps) {
  const [code, setCode] = useState(lines[0]?.code ?? '')
  const action = lines.find((line) => line.code === code)?.next_action ?? 'nothing'
  const name = template === OWN ? action : template
  const preview = useQuery({
    ...previewQuery(study, code, name),
    enabled: name !== 'nothing' && code !== '',
  })
  return (
    <Stack gap="xs">
      {lines.length > 1 && (
        <NativeSelect
          label="As it is for"
          value={code}
          data={lines.map((line) => line.code)}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      )}
      {preview.error && <Trouble error={preview.error} />}
      {preview.isLoading && <Loading what="the text" height={120} />}
      {preview.data && (
        <section className="letter" aria-label="Preview">
          <h3>{preview.data.subject}</h3>
          <p>{preview.data.body}</p>
        </section>
      )}
    </Stack>
  )
}

interface PreviewProps {
  study: string
  lines: DeskLine[]
  template: string
}

/** A text for some people: what it says, who would get it, and then it goes. */
export function WriteDialog({ study, lines, onSent, onClose }: Props) {
  const [template, setTemplate] = useState(() => firstText(lines))
  const templates = useQuery(templatesQuery(study))
  const dry = useQuery(dryRunQuery(study, lines, template))
  const sending = useMutation({
    mutationFn: () => send(study, lines, template),
    onSuccess: onSent,
  })
  const [only] = lines
  const going = dry.data?.filter(({ verdict }) => verdict !== 'held').length ?? 0
  const names = [...new Set(templates.data?.map(({ name }) => name) ?? [])]
  const choices = [...(lines.length > 1 ? [OWN] : []), ...names]
  if (!choices.includes(template)) choices.unshift(template)
  return (
    <Dialog
      wide
      title={`Write to ${lines.length === 1 && only ? only.code : people(lines.length)}`}
      onClose={onClose}
    >
      <Stack gap="md">
        {sending.data ? (
          <Verdicts letters={sending.data} sent />
        ) : (
          <>
            <NativeSelect
              label="Text"
              data-autofocus
              value={template}
              data={choices.map((value) => ({ value, label: titleOf(value) }))}
              onChange={(event) => setTemplate(event.currentTarget.value)}
            />
            <Preview study={study} lines={lines} template={template} />
            {dry.error && <Trouble error={dry.error} />}
            {dry.isLoading && <Loading what="who would get it" height={40} />}
            {dry.data && <Verdicts letters={dry.data} sent={false} />}
            {sending.error && <Trouble error={sending.error} />}
          </>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="subtle" onClick={onClose}>
            {sending.data ? 'Close' : 'Cancel'}
          </Button>
          {!sending.data && (
            <Button
              disabled={going === 0}
              loading={sending.isPending}
              onClick={() => sending.mutate()}
            >
              Send to {people(going)}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  )
}
