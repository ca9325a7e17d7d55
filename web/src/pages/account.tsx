import { Button, Code, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { QrCode } from '@/components/qr-code'
import { Trouble } from '@/components/states'
import { placesWords, ROLES } from '@/features/access/roles'
import {
  changePassword,
  dropFactor,
  proposeFactor,
  sessionQuery,
  signOutEverywhere,
  takeFactor,
} from '@/features/session/queries'
import { Page } from './page'

const shown = { 'aria-label': 'Show the password' }

function Password() {
  const [password, setPassword] = useState('')
  const [next, setNext] = useState('')
  const changing = useMutation({
    mutationFn: () => changePassword({ password, new: next }),
    onSuccess: () => {
      setPassword('')
      setNext('')
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        changing.mutate()
      }}
    >
      <Stack gap="md" maw={420}>
        <Title order={2} size="h3">
          Password
        </Title>
        <PasswordInput
          label="Your password"
          autoComplete="current-password"
          required
          value={password}
          visibilityToggleButtonProps={shown}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description="12 letters or more. Your other sessions end."
          autoComplete="new-password"
          required
          value={next}
          visibilityToggleButtonProps={shown}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        {changing.error && <Trouble error={changing.error} />}
        <Group>
          <Button type="submit" variant="default" loading={changing.isPending}>
            Change the password
          </Button>
          <span role="status">{changing.isSuccess && 'It is changed.'}</span>
        </Group>
      </Stack>
    </form>
  )
}

function Factor() {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const proposing = useMutation({ mutationFn: proposeFactor })
  const factor = proposing.data
  const taking = useMutation({
    mutationFn: () => (factor ? takeFactor(factor, password, code) : Promise.resolve()),
  })
  const dropping = useMutation({ mutationFn: () => dropFactor(password) })
  const field = (
    <PasswordInput
      label="Your password, once more"
      autoComplete="current-password"
      value={password}
      visibilityToggleButtonProps={shown}
      onChange={(event) => setPassword(event.currentTarget.value)}
    />
  )
  return (
    <Stack gap="md" maw={420}>
      <Title order={2} size="h3">
        Second factor
      </Title>
      <Text>A code of an authenticator app on your phone, asked for beside the password.</Text>
      {!factor && (
        <>
          <Group>
            <Button
              variant="default"
              loading={proposing.isPending}
              onClick={() => proposing.mutate()}
            >
              Set it up
            </Button>
          </Group>
          {field}
          <Group>
            <Button
              variant="subtle"
              disabled={!password}
              loading={dropping.isPending}
              onClick={() => dropping.mutate()}
            >
              Take it away
            </Button>
            <span role="status">{dropping.isSuccess && 'Only the password is asked for.'}</span>
          </Group>
        </>
      )}
      {factor && !taking.isSuccess && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            taking.mutate()
          }}
        >
          <Stack gap="md">
            <div style={{ width: 200 }}>
              <QrCode text={factor.address} label="For your authenticator app" />
            </div>
            <Text size="sm">
              Or type <Code>{factor.secret}</Code>
            </Text>
            <Text>Keep these codes for the day your phone is lost; each works once:</Text>
            <Code block>{factor.recovery.join('\n')}</Code>
            {field}
            <TextInput
              label="Code that the app shows"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Group>
              <Button type="submit" loading={taking.isPending}>
                Ask for it from now on
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {taking.isSuccess && <Text role="status">The code is asked for from now on.</Text>}
      {[proposing, taking, dropping].map(
        ({ error }, n) => error && <Trouble key={String(n)} error={error} />,
      )}
    </Stack>
  )
}

/** One's own way in. */
export function Account() {
  const queries = useQueryClient()
  const { data } = useQuery(sessionQuery)
  const leaving = useMutation({
    mutationFn: signOutEverywhere,
    onSuccess: () => queries.setQueryData(sessionQuery.queryKey, null),
  })
  if (!data) return null
  return (
    <Page title={data.name} about={`${ROLES[data.role].title}. ${placesWords(data.places)}.`}>
      {data.own ? (
        <Stack gap="xl">
          <Password />
          <Factor />
          <Stack gap="md" maw={420}>
            <Title order={2} size="h3">
              Sessions
            </Title>
            {leaving.error && <Trouble error={leaving.error} />}
            <Group>
              <Button
                variant="default"
                loading={leaving.isPending}
                onClick={() => leaving.mutate()}
              >
                Sign out everywhere
              </Button>
            </Group>
          </Stack>
        </Stack>
      ) : (
        <Text>You came in by a link, which has no password to change.</Text>
      )}
    </Page>
  )
}
