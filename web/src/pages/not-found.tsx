import { Anchor, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'

/** The answer to an address that leads nowhere. */
export function NotFound() {
  return (
    <div className="empty">
      <Title order={1} size="h2">
        There is no such page
      </Title>
      <p>
        <Anchor renderRoot={(props) => <Link {...props} to="/roster" />}>
          Go to the participants
        </Anchor>
      </p>
    </div>
  )
}
