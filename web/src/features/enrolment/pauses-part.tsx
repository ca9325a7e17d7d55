import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Trouble } from '@/components/states'
import { civilText } from '@/components/time/zone'
import { pause, pausesQuery, resume } from './queries'

interface Props {
  study: string
  code: string
  onChanged: () => void
}

const words = (day: string) => civilText(Date.parse(day), 'date')

/** Days on which nothing is expected. */
export function PausesPart({ study, code, onChanged }: Props) {
  const pauses = useQuery(pausesQuery(study, code))
  const [first, setFirst] = useState('')
  const [last, setLast] = useState('')
  const done = () => {
    void pauses.refetch()
    setFirst('')
    setLast('')
    onChanged()
  }
  const pausing = useMutation({
    mutationFn: () => pause(study, code, { first_on: first, last_on: last || null, reason: '' }),
    onSuccess: done,
  })
  const resuming = useMutation({ mutationFn: () => resume(study, code), onSuccess: done })
  const open = pauses.data?.find(({ last_on }) => !last_on)
  const failed = pauses.error ?? pausing.error ?? resuming.error
  return (
    <section aria-label="Pauses">
      <h3>Pauses</h3>
      <Stack gap="sm">
        {(pauses.data?.length ?? 0) > 0 && (
          <ul className="pauses">
            {pauses.data?.map(({ first_on, last_on }) => (
              <li key={first_on}>
                {words(first_on)} {last_on ? `to ${words(last_on)}` : 'until they resume'}
              </li>
            ))}
          </ul>
        )}
        {open ? (
          <Group>
            <Button
              variant="default"
              loading={resuming.isPending}
              onClick={() => resuming.mutate()}
            >
              Resume today
            </Button>
          </Group>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              pausing.mutate()
            }}
          >
            <Group align="flex-end">
              <TextInput
                label="Pause from"
                type="date"
                required
                value={first}
                onChange={(event) => setFirst(event.currentTarget.value)}
              />
              <TextInput
                label="To (empty: until they resume)"
                type="date"
                value={last}
                onChange={(event) => setLast(event.currentTarget.value)}
              />
              <Button type="submit" variant="default" loading={pausing.isPending}>
                Pause
              </Button>
            </Group>
          </form>
        )}
        {failed && <Trouble error={failed} />}
      </Stack>
    </section>
  )
}
