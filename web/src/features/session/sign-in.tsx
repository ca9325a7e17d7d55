import { Button, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Trouble } from '@/components/states'
import { signIn } from './queries'

const tokenIn = (text: string): string => {
  const pasted = text.trim()
  return URL.canParse(pasted) ? (new URL(pasted).searchParams.get('token') ?? pasted) : pasted
}

/** How to get in: the link that the server printed, or its token. */
export function SignIn({ refusal }: { refusal?: Error }) {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const queries = useQueryClient()
  const [token, setToken] = useState('')
  const entering = useMutation({
    mutationFn: () => signIn(tokenIn(token)),
    onSuccess: async () => {
      await queries.invalidateQueries()
      if (pathname === '/login') await navigate({ to: '/' })
    },
  })
  const trouble = entering.error ?? refusal
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (token.trim()) entering.mutate()
  }

  return (
    <form className="sign-in" onSubmit={onSubmit}>
      <Stack gap="lg">
        <Title order={1} size="h2">
          Sign in to Wearhouse
        </Title>
        <Text>
          Open the link that <code>wearhouse demo</code> or <code>wearhouse serve</code> printed in
          your terminal. It works once; run <code>wearhouse serve</code> again for a new one.
        </Text>
        <TextInput
          label="Link or token"
          description="If you cannot open the link here, paste it."
          autoComplete="off"
          spellCheck={false}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        {trouble && <Trouble error={trouble} />}
        <Button type="submit" loading={entering.isPending} disabled={!token.trim()}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
