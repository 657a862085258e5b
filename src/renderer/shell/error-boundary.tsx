import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

/** Keeps a defect in one view from taking the window down. Give it a `key` that changes with the view. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error('A view failed', error, info.componentStack);
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <EmptyState
        title="This view ran into an error"
        action={<Button onClick={() => this.setState({ failed: false })}>Show it again</Button>}
      >
        Your sessions are not affected: they live in Holdfast, not in this window.
      </EmptyState>
    );
  }
}
