import '@/components/panel.css'
import { Alert, Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Rules } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { Mark } from '@/components/mark'
import { keepRules, setAutomation } from './queries'

interface Props {
  rules: Rules
  /** Whether whoever is here may change them. */
  editing: boolean
}

function Automation({ rules, editing }: Props) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const on = rules.automation
  const turning = useMutation({
    mutationFn: () => setAutomation(rules.study, !on, reason),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['messages', rules.study, 'rules'] })
      setAsking(false)
      setReason('')
    },
  })
  return (
    <section className="panel" aria-labelledby="automation">
      <header>
        <h2 id="automation">Automation</h2>
      </header>
      <p>
        <Mark band={on ? 'good' : 'quiet'} word={on ? 'On' : 'Off'} />
      </p>
      <p>
        {on
          ? 'Everybody is sent the text of their next action by itself, within the caps and outside quiet hours.'
          : 'Nothing goes out by itself: somebody of the team sends every message.'}
      </p>
      {editing && (
        <Button variant="default" onClick={() => setAsking(true)}>
          {on ? 'Turn off' : 'Turn on …'}
        </Button>
      )}
      {asking && (
        <Dialog
          title={on ? 'Turn automation off?' : 'Let messages go out by themselves?'}
          onClose={() => setAsking(false)}
        >
          <form
            onSubmit={(event) => {
              event.preventDefault()
              turning.mutate()
            }}
          >
            <Stack gap="md">
              <p>
                {on
                  ? 'What is queued still goes out; nothing new is queued.'
                  : 'Once an hour everybody with a next action is sent its text, as far as the caps allow. Do a dry run of each text first.'}
              </p>
              <TextInput
                label="Reason"
                data-autofocus
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              {turning.error && (
                <Alert color="red" variant="light" title="Not changed" role="alert">
                  {turning.error.message}
                </Alert>
              )}
              <Group justify="flex-end" gap="sm">
                <Button variant="subtle" onClick={() => setAsking(false)}>
                  Cancel
                </Button>
                <Button type="submit" loading={turning.isPending} disabled={!reason.trim()}>
                  {on ? 'Turn off' : 'Turn on'}
                </Button>
              </Group>
            </Stack>
          </form>
        </Dialog>
      )}
    </section>
  )
}

/** How often and when people are written to, and whether by itself. */
export function RulesForm({ rules, editing }: Props) {
  const queries = useQueryClient()
  const [draft, setDraft] = useState(rules)
  const keeping = useMutation({
    mutationFn: () => keepRules(draft),
    onSuccess: (kept) => {
      queries.setQueryData(['messages', rules.study, 'rules'], kept)
      setDraft(kept)
    },
  })
  const field = (name: 'caps' | 'quiet' | 'language', label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      value={draft[name]}
      readOnly={!editing}
      onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
    />
  )
  const changed = (['caps', 'quiet', 'language'] as const).some((key) => draft[key] !== rules[key])
  return (
    <div className="rules">
      <section className="panel" aria-labelledby="rules">
        <header>
          <h2 id="rules">Rules</h2>
        </header>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            keeping.mutate()
          }}
        >
          <Stack gap="md">
            {field(
              'caps',
              'Caps',
              'At most so many messages to one person: 1/24h 2/4d is one in 24 hours and two in 4 days.',
            )}
            {field('quiet', 'Quiet hours', "On each participant's own clock, such as 20:00-09:00.")}
            {field('language', 'Language', 'For people of whom none is known, such as en or de.')}
            {keeping.error && (
              <Alert color="red" variant="light" title="Not kept" role="alert">
                {keeping.error.message}
              </Alert>
            )}
            {editing ? (
              <Group gap="sm">
                <Button type="submit" loading={keeping.isPending} disabled={!changed}>
                  Keep rules
                </Button>
                <p className="note" role="status">
                  {keeping.isSuccess && !changed && 'Kept.'}
                </p>
              </Group>
            ) : (
              <p className="note">Whoever manages the study may change these.</p>
            )}
          </Stack>
        </form>
      </section>
      <Automation rules={rules} editing={editing} />
    </div>
  )
}
