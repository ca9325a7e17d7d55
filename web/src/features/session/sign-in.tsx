import { Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Problem } from '@/api/client'
import { Trouble } from '@/components/states'
import { type Credentials, signIn } from './queries'

const tokenIn = (text: string): string => {
  const pasted = text.trim()
  return URL.canParse(pasted) ? (new URL(pasted).searchParams.get('token') ?? pasted) : pasted
}

const asksForCode = (error: unknown) => error instanceof Problem && error.parameter === 'code'

/** How to get in: a name and a password, or the link that the server printed. */
export function SignIn({ refusal }: { refusal?: Error }) {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [link, setLink] = useState('')
  const [coded, setCoded] = useState(false)
  const codeField = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (coded) codeField.current?.focus()
  }, [coded])
  const entering = useMutation({
    mutationFn: (credentials: Credentials) => signIn(credentials),
    onSuccess: async () => {
      await queries.invalidateQueries()
      if (pathname === '/login') await navigate({ to: '/' })
    },
    onError: (error) => setCoded((before) => before || asksForCode(error)),
  })
  const ready = link.trim() !== '' || (name.trim() !== '' && password !== '')
  const trouble = entering.error && !asksForCode(entering.error) ? entering.error : refusal
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    entering.mutate(link.trim() ? { token: tokenIn(link) } : { name, password, code })
  }

  return (
    <form className="sign-in" onSubmit={onSubmit}>
      <Stack gap="lg">
        <Title order={1} size="h2">
          Sign in to Wearhouse
        </Title>
        <TextInput
          label="Name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          value={password}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {coded && (
          <TextInput
            label="Code"
            description="Of your authenticator app, or one of your recovery codes."
            autoComplete="one-time-code"
            inputMode="text"
            spellCheck={false}
            ref={codeField}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        <TextInput
          label="Link or token"
          description="Without a password: the link that wearhouse demo or wearhouse serve printed in your terminal. It works once."
          autoComplete="off"
          spellCheck={false}
          value={link}
          onChange={(event) => setLink(event.currentTarget.value)}
        />
        {trouble && <Trouble error={trouble} />}
        <Button type="submit" loading={entering.isPending} disabled={!ready}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
